import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import { MessageWriter } from "../stun/index.ts";
import { concat } from "../wire/index.ts";
import { decodeChannelData, encodeChannelData } from "./channel-data.ts";
import { StreamFramer } from "./stream-framer.ts";

describe("ChannelData (RFC 8656 §12.4)", () => {
  it("comes back as it was written, padded or not", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.boolean(), (data, padded) => {
        const bytes = encodeChannelData(0x4abc, data, padded);
        if (padded) expect(bytes.length % 4).toBe(0);
        expect(decodeChannelData(bytes)).toEqual({ ok: true, value: { channel: 0x4abc, data } });
      }),
    );
  });

  it("is a fault or a value for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const decoded = decodeChannelData(bytes);
        if (decoded.ok) expect(decoded.value.data.length).toBeLessThanOrEqual(bytes.length - 4);
        else expect(["truncated", "not-channel-data"]).toContain(decoded.fault);
      }),
    );
  });
});

const message = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((data) => encodeChannelData(0x4001, data, true)),
  fc
    .constant(null)
    .map(() => new MessageWriter().begin(1, "request", nodeCrypto.random(12)).finishCopy()),
);

describe("the stream framer", () => {
  it("finds the same messages however the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat(400)), (messages, cuts) => {
        const framer = new StreamFramer();
        const stream = concat(...messages);
        const found: Uint8Array[] = [];
        let at = 0;
        for (const cut of [...cuts, stream.length]) {
          framer.push(stream.slice(at, at + cut));
          at += cut;
          for (let next = framer.next(); next; next = framer.next()) found.push(next.slice());
        }
        expect(found).toEqual(messages);
        expect(framer.fault).toBeUndefined();
        expect(framer.takeRest()).toEqual(new Uint8Array(0));
      }),
    );
  });

  it("names what is no message, and what is too long, and reads no further", () => {
    const nonsense = new StreamFramer();
    nonsense.push(Uint8Array.of(0x80, 0, 0, 0));
    expect([nonsense.next(), nonsense.fault]).toEqual([undefined, "not-a-message"]);
    nonsense.push(encodeChannelData(0x4001, Uint8Array.of(1), true));
    expect(nonsense.next()).toBeUndefined();
    const short = new StreamFramer(100);
    short.push(encodeChannelData(0x4001, new Uint8Array(200), true));
    expect([short.next(), short.fault]).toEqual([undefined, "oversize"]);
  });

  it("gives back what is behind the last message", () => {
    const framer = new StreamFramer();
    framer.push(concat(encodeChannelData(0x4001, Uint8Array.of(1), true), Uint8Array.of(9, 8)));
    framer.next();
    expect(framer.takeRest()).toEqual(Uint8Array.of(9, 8));
  });
});
