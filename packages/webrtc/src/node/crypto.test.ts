import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeCrypto } from "./crypto.ts";

const algorithms = ["md5", "sha1", "sha256", "sha384", "sha512"] as const;

describe("the Crypto port on node:crypto", () => {
  it("makes the same HMAC as createHmac, whatever the lengths of key and packet", () => {
    const parts = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(1900, 2048, 3000).map((length) => new Uint8Array(length).fill(7)),
      ),
      { maxLength: 3 },
    );
    const keys = fc.uint8Array({ maxLength: 140 });
    fc.assert(
      fc.property(fc.constantFrom(...algorithms), keys, parts, (algorithm, key, packet) => {
        const expected = createHmac(algorithm, key);
        for (const part of packet) expected.update(part);
        expect(nodeCrypto.hmac(algorithm, key, ...packet)).toEqual(expected.digest());
      }),
      { numRuns: 500 },
    );
  });

  it("hashes parts as one text", () => {
    const expected = createHash("sha256").update("abcdef").digest();
    const parts = [Buffer.from("abc"), new Uint8Array(0), Buffer.from("def")];
    expect(nodeCrypto.hash("sha256", ...parts)).toEqual(expected);
  });

  it("gives as many random bytes as it is asked for, never the same", () => {
    expect(nodeCrypto.random(12)).toHaveLength(12);
    expect(nodeCrypto.random(12)).not.toEqual(nodeCrypto.random(12));
  });
});
