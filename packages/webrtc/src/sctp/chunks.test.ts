import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCookie, encodeCookie } from "./cookie.ts";
import { decodeDcep, encodeDcep } from "./dcep.ts";
import { decodeCauses, encodeAbort, encodeError } from "./error-chunk.ts";
import { decodeForwardTsn, encodeForwardTsn } from "./forward-tsn-chunk.ts";
import { decodeInit, encodeInit, type Init } from "./init-chunk.ts";
import { decodeReconfig, encodeReconfig, type Reconfiguration } from "./reconfig-chunk.ts";
import { sack, writeSack } from "./sack-chunk.ts";
import { seededCrypto } from "./testing/seeded.ts";

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const streamIds = fc.array(u16, { maxLength: 20 });

const init: fc.Arbitrary<Init> = fc.record({
  tag: fc.integer({ min: 1, max: 0xffff_ffff }),
  window: u32,
  outboundStreams: fc.integer({ min: 1, max: 0xffff }),
  inboundStreams: fc.integer({ min: 1, max: 0xffff }),
  initialTsn: u32,
  partialReliability: fc.boolean(),
  reconfiguration: fc.boolean(),
  interleaving: fc.boolean(),
  padding: fc.boolean(),
  zeroChecksum: fc.boolean(),
  cookie: fc.option(fc.uint8Array({ maxLength: 80 }), { nil: undefined }),
  unrecognized: fc.constant([]),
});

const reconfiguration: fc.Arbitrary<Reconfiguration> = fc.oneof(
  fc.record({
    type: fc.constant("outgoing-reset" as const),
    request: u32,
    response: u32,
    lastTsn: u32,
    streamIds,
  }),
  fc.record({ type: fc.constant("incoming-reset" as const), request: u32, streamIds }),
  fc.record({ type: fc.constant("tsn-reset" as const), request: u32 }),
  fc.record({ type: fc.constant("add-outgoing-streams" as const), request: u32, count: u16 }),
  fc.record({ type: fc.constant("add-incoming-streams" as const), request: u32, count: u16 }),
  fc.record({ type: fc.constant("response" as const), request: u32, result: u32 }),
);

const open = fc.record({
  type: fc.constant("open" as const),
  label: fc.string({ unit: "grapheme" }),
  protocol: fc.string(),
  ordered: fc.boolean(),
  maxRetransmits: fc.option(u32, { nil: undefined }),
  maxPacketLifeTime: fc.constant(undefined),
  priority: u16,
});

describe("chunks come back as they were written", () => {
  it("INIT and INIT ACK", () => {
    fc.assert(
      fc.property(init, (value) => {
        const bytes = encodeInit(value);
        const length = ((bytes[2] as number) << 8) | (bytes[3] as number);
        expect(decodeInit(bytes, 0, length)).toEqual({ ok: true, value });
      }),
    );
  });

  it("the state cookie, and only under its own secret", () => {
    const crypto = seededCrypto(1);
    const secret = crypto.random(32);
    fc.assert(
      fc.property(init, u32, u32, fc.nat(39), (peer, localTag, localTsn, flipped) => {
        const tie = { tieLocalTag: 7, tiePeerTag: 9 };
        const cookie = {
          createdAt: 1234.5,
          localTag,
          localTsn,
          peer: { ...peer, cookie: undefined },
          ...tie,
        };
        const bytes = encodeCookie(cookie, crypto, secret);
        expect(decodeCookie(bytes, crypto, secret)).toEqual({ ok: true, value: cookie });
        expect(decodeCookie(bytes, crypto, new Uint8Array(32)).ok).toBe(false);
        bytes[flipped] = (bytes[flipped] as number) ^ 1;
        expect(decodeCookie(bytes, crypto, secret).ok).toBe(false);
      }),
    );
  });

  it("RE-CONFIG", () => {
    fc.assert(
      fc.property(fc.array(reconfiguration, { minLength: 1, maxLength: 2 }), (all) => {
        const bytes = encodeReconfig(...all);
        expect(decodeReconfig(bytes, 0, bytes.length)).toEqual({ ok: true, value: all });
      }),
    );
  });

  it("FORWARD TSN and I-FORWARD-TSN", () => {
    const stream = fc.record({ streamId: u16, unordered: fc.boolean(), order: u16 });
    fc.assert(
      fc.property(u32, fc.array(stream), fc.boolean(), (cumulativeTsn, all, interleaved) => {
        const streams = all.map((one) => (interleaved ? one : { ...one, unordered: false }));
        const bytes = encodeForwardTsn({ cumulativeTsn, streams }, interleaved);
        const value = { cumulativeTsn, streams };
        expect(decodeForwardTsn(bytes, 0, bytes.length)).toEqual({ ok: true, value });
      }),
    );
  });

  it("SACK", () => {
    const bytes = new Uint8Array(64);
    const length = writeSack(bytes, 4, 0xffff_fff0, 70_000, [2, 3, 5, 9], [17]);
    expect(sack.fault(bytes, 4, length)).toBeUndefined();
    expect(sack.cumulativeTsn(bytes, 4)).toBe(0xffff_fff0);
    expect(sack.window(bytes, 4)).toBe(70_000);
    expect([sack.gapStart(bytes, 4, 1), sack.gapEnd(bytes, 4, 1)]).toEqual([5, 9]);
    expect(sack.duplicateCount(bytes, 4)).toBe(1);
    writeSack(bytes, 4, 1, 1, [5, 9, 2, 3], []);
    expect(sack.fault(bytes, 4, length)).toBe("bad-gap-blocks");
    expect(sack.fault(bytes, 4, 20)).toBe("bad-sack");
  });

  it("DATA_CHANNEL_OPEN and ACK (RFC 8832 §5)", () => {
    fc.assert(
      fc.property(open, (value) => {
        expect(decodeDcep(encodeDcep(value))).toEqual({ ok: true, value });
      }),
    );
    expect(encodeDcep({ type: "ack" })).toEqual(Uint8Array.of(2));
    expect(decodeDcep(Uint8Array.of(9))).toEqual({ ok: false, fault: "unknown-dcep-message" });
  });
});

describe("decoders", () => {
  it("survive any bytes, and valid ones with a byte changed", () => {
    const valid = fc.oneof(
      init.map(encodeInit),
      reconfiguration.map((one) => encodeReconfig(one)),
      open.map(encodeDcep),
      fc.uint8Array({ maxLength: 20 }).map((value) => encodeError(6, value)),
      fc.constant(encodeAbort({ type: 12, value: new Uint8Array(3) }, true)),
    );
    const mutated = fc
      .tuple(valid, fc.nat(200), fc.nat(255))
      .map(([bytes, at, value]) => bytes.with(at % bytes.length, value));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 120 }), mutated), (bytes) => {
        decodeInit(bytes, 0, bytes.length);
        decodeReconfig(bytes, 0, bytes.length);
        decodeForwardTsn(bytes, 0, bytes.length);
        decodeCauses(bytes, 0, bytes.length);
        decodeDcep(bytes);
        decodeCookie(bytes, seededCrypto(1), bytes);
        sack.fault(bytes, 0, bytes.length);
      }),
      { numRuns: 2000 },
    );
  });
});
