import type { Crypto } from "../../wire/index.ts";
import { crc32c } from "../crc32c.ts";

/** A reproducible source of numbers in [0, 1): the same seed, the same world (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** A Crypto port for tests: random bytes from a seed, and sums in place of hashes. */
export function seededCrypto(seed: number): Crypto {
  const next = seeded(seed);
  const digest = (parts: readonly Uint8Array[]): Uint8Array => {
    let sum = 0;
    for (const part of parts) sum = crc32c(part, 0, part.length, sum);
    return new Uint8Array(32).map((_, i) => (sum >>> (8 * (i % 4))) ^ i);
  };
  return {
    random: (length) => new Uint8Array(length).map(() => 256 * next()),
    hash: (_algorithm, ...parts) => digest(parts),
    hmac: (_algorithm, key, ...parts) => digest([key, ...parts]),
  };
}
