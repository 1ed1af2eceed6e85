import type { AeadAlgorithm, HashAlgorithm } from "../wire/index.ts";

/** Cipher suites of DTLS 1.3 by their registered names without the `TLS_` in front. */
export type CipherSuite13Name =
  | "AES_128_GCM_SHA256"
  | "CHACHA20_POLY1305_SHA256"
  | "AES_256_GCM_SHA384";

/** What a suite means (RFC 8446 appendix B.4). */
export interface CipherSuite13 {
  readonly name: CipherSuite13Name;
  readonly code: number;
  readonly cipher: AeadAlgorithm;
  readonly hash: Extract<HashAlgorithm, "sha256" | "sha384">;
  readonly hashLength: number;
  readonly keyLength: number;
}

/** All suites in the order that we like them. */
export const cipherSuites13: readonly CipherSuite13[] = [
  {
    name: "AES_128_GCM_SHA256",
    code: 0x1301,
    cipher: "aes-128-gcm",
    hash: "sha256",
    hashLength: 32,
    keyLength: 16,
  },
  {
    name: "CHACHA20_POLY1305_SHA256",
    code: 0x1303,
    cipher: "chacha20-poly1305",
    hash: "sha256",
    hashLength: 32,
    keyLength: 32,
  },
  {
    name: "AES_256_GCM_SHA384",
    code: 0x1302,
    cipher: "aes-256-gcm",
    hash: "sha384",
    hashLength: 48,
    keyLength: 32,
  },
];

/** The suites of these names, in our order; names of 1.2 may be among them. */
export function cipherSuites13Named(
  names: readonly string[] | undefined,
): readonly CipherSuite13[] {
  return names === undefined
    ? cipherSuites13
    : cipherSuites13.filter((candidate) => names.includes(candidate.name));
}
