import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../wire/index.ts";
import { decodeMdns, encodeAnswer, encodeQuery } from "./mdns-message.ts";

const name = "1f4712db-ea17-4bcf-a596-105139dfd8bf.local";

describe("messages of multicast DNS", () => {
  it("ask and answer", () => {
    expect(decodeMdns(encodeQuery(name))).toEqual({
      ok: true,
      value: { questions: [name, name], answers: [] },
    });
    for (const ip of ["192.0.2.1", "2001:db8::1"]) {
      expect(decodeMdns(encodeAnswer({ name, ip, ttlS: 120 }))).toEqual({
        ok: true,
        value: { questions: [], answers: [{ name, ip, ttlS: 120 }] },
      });
    }
  });

  it("may point back to names (RFC 1035 §4.1.4), but not in circles", () => {
    const head = "000084000001000100000000";
    const question = "01610562636465660000010001".replace("0562636465660000", "056c6f63616c0000");
    const answer = "c00c 0001 8001 00000078 0004 c0000201";
    const bytes = fromHex(head + question + answer) as Uint8Array;
    expect(decodeMdns(bytes)).toMatchObject({
      value: { questions: ["a.local"], answers: [{ name: "a.local", ip: "192.0.2.1" }] },
    });
    const circle = fromHex(`${head}c00c00010001`) as Uint8Array;
    expect(decodeMdns(circle)).toEqual({ ok: false, fault: "bad-name" });
  });

  it("of any bytes do no harm", () => {
    const answer = encodeAnswer({ name, ip: "192.0.2.1", ttlS: 1 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 100 }),
          fc
            .tuple(fc.nat(answer.length - 1), fc.nat(255), fc.nat(answer.length))
            .map(([at, value, length]) => {
              const bytes = answer.slice(0, length);
              bytes[at] = value;
              return bytes;
            }),
        ),
        (bytes) => {
          decodeMdns(bytes);
        },
      ),
    );
  });
});
