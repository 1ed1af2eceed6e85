import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeFrame, encodeFrame, type Frame } from "./frame.ts";

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const numbers = { transfer: u32, file: u32, block: u32, offset: u32 };
const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({
    kind: fc.constant("part" as const),
    ...numbers,
    payload: fc.uint8Array({ minLength: 1, maxLength: 200 }),
  }),
  fc.record({
    kind: fc.constantFrom("seal" as const, "end" as const),
    ...numbers,
    payload: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  }),
);

test("comes back as it was written", () => {
  fc.assert(
    fc.property(frame, (written) => {
      expect(decodeFrame(encodeFrame(written))).toEqual(written);
    }),
  );
});

test("random and mutated bytes are a frame with all that it needs, or none", () => {
  const mutated = fc
    .tuple(frame, fc.nat(), fc.nat(255), fc.nat(240))
    .map(([given, at, byte, cut]) => {
      const bytes = encodeFrame(given);
      bytes[at % bytes.length] = byte;
      return bytes.subarray(0, cut);
    });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 80 })), (bytes) => {
      const decoded = decodeFrame(bytes);
      if (decoded === undefined) return;
      expect(decoded.payload.length).toBe(bytes.length - 20);
      if (decoded.kind !== "part") expect(decoded.payload.length).toBe(32);
      expect(encodeFrame(decoded)).toEqual(Uint8Array.from(bytes));
    }),
    { numRuns: 1000 },
  );
});

test.each([0, 19, 20])("%i bytes are none", (length) => {
  expect(decodeFrame(new Uint8Array(length))).toBeUndefined();
});
