import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeCrypto } from "./crypto.ts";
import { nodeDtlsCrypto } from "./dtls-crypto.ts";

const algorithms = ["md5", "sha1", "sha256", "sha384", "sha512"] as const;

/** The tests install koffi, so both ways are there. */
const ways = { "node:crypto": nodeCrypto, "OpenSSL's own functions": nodeDtlsCrypto };

describe.each(Object.entries(ways))("hashes on %s", (_, crypto) => {
  it("make the same HMAC as createHmac, whatever the lengths of key and packet", () => {
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
        expect(Buffer.from(crypto.hmac(algorithm, key, ...packet))).toEqual(expected.digest());
      }),
      { numRuns: 500 },
    );
  });

  it("take parts as one text, and leave them as they are", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...algorithms),
        fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 4 }),
        (algorithm, parts) => {
          const before = parts.map((part) => part.slice());
          const expected = createHash(algorithm).update(Buffer.concat(parts)).digest();
          expect(Buffer.from(crypto.hash(algorithm, ...parts))).toEqual(expected);
          expect(parts).toEqual(before);
        },
      ),
    );
  });
});

describe("the Crypto port on node:crypto", () => {
  it("gives as many random bytes as it is asked for, never the same", () => {
    expect(nodeCrypto.random(12)).toHaveLength(12);
    expect(nodeCrypto.random(12)).not.toEqual(nodeCrypto.random(12));
  });
});
