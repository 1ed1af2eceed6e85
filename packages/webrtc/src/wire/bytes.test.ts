import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, fromUtf8, readU24, readU48, toHex, toUtf8, writeU24, writeU48 } from "./bytes.ts";

describe("integers", () => {
  it("come back as they were written", () => {
    const bytes = new Uint8Array(8);
    writeU48(bytes, 1, 0xfedc_ba98_7654);
    expect(toHex(bytes)).toBe("00fedcba98765400");
    expect(readU48(bytes, 1)).toBe(0xfedc_ba98_7654);
    writeU24(bytes, 0, 0xabcdef);
    expect(readU24(bytes, 0)).toBe(0xabcdef);
  });
});

describe("hexadecimal", () => {
  it("comes back as it was written", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
  });

  it("is refused where it is none", () => {
    expect(fromHex("abc")).toBeUndefined();
    expect(fromHex("zz")).toBeUndefined();
    expect(fromHex("-1")).toBeUndefined();
  });
});

describe("UTF-8", () => {
  it("agrees with the platform's encoder on every text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(toUtf8(text)).toEqual(new TextEncoder().encode(text));
        expect(fromUtf8(toUtf8(text))).toBe(text);
      }),
    );
  });

  it("agrees with the platform's decoder on every input, well-formed or not", () => {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), (bytes) => {
        let expected: string | undefined;
        try {
          expected = decoder.decode(bytes);
        } catch {
          expected = undefined;
        }
        expect(fromUtf8(bytes)).toBe(expected);
      }),
      { numRuns: 5000 },
    );
  });
});
