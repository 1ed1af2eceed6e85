import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageSize } from "./message-size.ts";

describe("messageSize", () => {
  it("is what JSON.stringify makes, in UTF-8", () => {
    const value = fc.jsonValue({ stringUnit: "binary", maxDepth: 6 });
    fc.assert(
      fc.property(value, (json) => {
        expect(messageSize(json)).toBe(Buffer.byteLength(JSON.stringify(json)));
      }),
      { numRuns: 2000 },
    );
  });

  it("counts lone surrogates and control characters as they are escaped", () => {
    for (const text of ["\ud800", "\udc00x", "\ud800\ud800\udc00", '\u0001\b\n"\\', "\u007f"]) {
      expect(messageSize(text)).toBe(Buffer.byteLength(JSON.stringify(text)));
    }
  });

  it("stops beyond the limit, and does not mind the depth", () => {
    let nested: unknown = [];
    for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
    expect(messageSize(nested)).toBe(200_002);
    expect(messageSize(nested, 100)).toBeLessThan(105);
  });

  it("is infinite for what JSON cannot say", () => {
    expect(messageSize({ data: new Uint8Array(3) })).toBe(Number.POSITIVE_INFINITY);
    expect(messageSize([undefined])).toBe(Number.POSITIVE_INFINITY);
  });
});
