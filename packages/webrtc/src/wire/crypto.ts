/**
 * The port through which randomness and cryptography come in. Synchronous, so that no machine ever
 * awaits. `node/` implements it; the virtual world implements it with a seed.
 */
export interface Crypto {
  /** Bytes that nobody can predict. */
  random(length: number): Uint8Array;
  hash(algorithm: HashAlgorithm, ...parts: readonly Uint8Array[]): Uint8Array;
  hmac(algorithm: HashAlgorithm, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
}

export type HashAlgorithm = "md5" | "sha1" | "sha256" | "sha384" | "sha512";
