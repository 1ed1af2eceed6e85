import type { AeadAlgorithm, HashAlgorithm } from "../wire/index.ts";
import type { CipherSuite13Name } from "./cipher-suite13.ts";

/** Cipher suites by their registered names without the `TLS_` in front. */
export type CipherSuiteName = CipherSuite12Name | CipherSuite13Name;

/** Those of DTLS 1.2. */
export type CipherSuite12Name =
  | "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
  | "ECDHE_RSA_WITH_AES_128_GCM_SHA256"
  | "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
  | "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
  | "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
  | "ECDHE_RSA_WITH_AES_256_GCM_SHA384"
  | "ECDHE_ECDSA_WITH_AES_128_CBC_SHA"
  | "ECDHE_RSA_WITH_AES_128_CBC_SHA";

/** What a suite means. The lengths are those of the key block (RFC 5246 §6.3). */
export interface CipherSuite {
  readonly name: CipherSuite12Name;
  readonly code: number;
  readonly authentication: "ecdsa" | "rsa";
  readonly cipher: AeadAlgorithm | "aes-128-cbc";
  /** Of the PRF and of the transcript (RFC 5289 §3). */
  readonly hash: Extract<HashAlgorithm, "sha256" | "sha384">;
  readonly macKeyLength: number;
  readonly keyLength: number;
  readonly ivLength: number;
}

const gcm128 = { cipher: "aes-128-gcm", hash: "sha256", ...lengths(0, 16, 4) } as const;
const gcm256 = { cipher: "aes-256-gcm", hash: "sha384", ...lengths(0, 32, 4) } as const;
const chacha = { cipher: "chacha20-poly1305", hash: "sha256", ...lengths(0, 32, 12) } as const;
const cbc128 = { cipher: "aes-128-cbc", hash: "sha256", ...lengths(20, 16, 0) } as const;

/** All suites in the order that we like them: what hardware does best first, CBC for old peers last. */
export const cipherSuites: readonly CipherSuite[] = [
  // RFC 5289 §3.2
  suite("ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0xc02b, "ecdsa", gcm128),
  suite("ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc02f, "rsa", gcm128),
  // RFC 7905 §2
  suite("ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca9, "ecdsa", chacha),
  suite("ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca8, "rsa", chacha),
  // RFC 5289 §3.2
  suite("ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 0xc02c, "ecdsa", gcm256),
  suite("ECDHE_RSA_WITH_AES_256_GCM_SHA384", 0xc030, "rsa", gcm256),
  // RFC 8422 §6
  suite("ECDHE_ECDSA_WITH_AES_128_CBC_SHA", 0xc009, "ecdsa", cbc128),
  suite("ECDHE_RSA_WITH_AES_128_CBC_SHA", 0xc013, "rsa", cbc128),
];

/** The suites of these names, in our order. */
export function cipherSuitesNamed(
  names: readonly CipherSuiteName[] | undefined,
): readonly CipherSuite[] {
  return names === undefined
    ? cipherSuites
    : cipherSuites.filter((candidate) => names.includes(candidate.name));
}

function lengths(
  macKeyLength: number,
  keyLength: number,
  ivLength: number,
): Pick<CipherSuite, "macKeyLength" | "keyLength" | "ivLength"> {
  return { macKeyLength, keyLength, ivLength };
}

function suite(
  name: CipherSuite12Name,
  code: number,
  authentication: "ecdsa" | "rsa",
  cipher: Omit<CipherSuite, "name" | "code" | "authentication">,
): CipherSuite {
  return { name, code, authentication, ...cipher };
}
