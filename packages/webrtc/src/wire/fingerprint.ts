import { equalInConstantTime, fromHex } from "./bytes.ts";
import type { Crypto, HashAlgorithm } from "./crypto.ts";
import { type Decoded, decoded, fault } from "./decoded.ts";

/** Hash functions of fingerprints, weakest first. RFC 8122 §5 forbids MD5; SHA-1 is as broken by now. */
const hashes: Readonly<
  Record<FingerprintAlgorithm, { readonly hash: HashAlgorithm; readonly length: number }>
> = {
  "sha-256": { hash: "sha256", length: 32 },
  "sha-384": { hash: "sha384", length: 48 },
  "sha-512": { hash: "sha512", length: 64 },
};

/** Hash functions by their SDP names (RFC 8122 §5). */
export type FingerprintAlgorithm = "sha-256" | "sha-384" | "sha-512";

/** A certificate's hash as SDP writes it (RFC 8122 §5): pairs of hexadecimal digits between colons. */
export interface Fingerprint {
  readonly algorithm: FingerprintAlgorithm;
  readonly value: string;
}

/** Why a text is no fingerprint that we could check. */
export type FingerprintFault = "malformed-fingerprint" | "unsupported-hash";

/** The fingerprint of a DER certificate. */
export function fingerprintOf(
  crypto: Crypto,
  certificate: Uint8Array,
  algorithm: FingerprintAlgorithm = "sha-256",
): Fingerprint {
  const digest = crypto.hash(hashes[algorithm].hash, certificate);
  const pairs = [...digest].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase());
  return { algorithm, value: pairs.join(":") };
}

/** `sha-256 12:DF:…`, the value of an SDP attribute; both parts in either case. */
export function parseFingerprint(text: string): Decoded<Fingerprint, FingerprintFault> {
  const parts = /^([!-~]+) +((?:[0-9a-fA-F]{2}:)*[0-9a-fA-F]{2}) *$/.exec(text);
  if (parts === null) return fault("malformed-fingerprint");
  const algorithm = (parts[1] as string).toLowerCase();
  const value = (parts[2] as string).toUpperCase();
  if (!isSupported(algorithm)) return fault("unsupported-hash");
  if (value.length !== 3 * hashes[algorithm].length - 1) return fault("malformed-fingerprint");
  return decoded({ algorithm, value });
}

/** The value of an SDP attribute. */
export function formatFingerprint(fingerprint: Fingerprint): string {
  return `${fingerprint.algorithm} ${fingerprint.value}`;
}

/**
 * Whether a certificate is one that the fingerprints allow. Of several hash functions the
 * strongest decides, and one match among its fingerprints suffices (RFC 8122 §5).
 */
export function matchesFingerprint(
  crypto: Crypto,
  certificate: Uint8Array,
  fingerprints: readonly Fingerprint[],
): boolean {
  const algorithms = Object.keys(hashes) as FingerprintAlgorithm[];
  const strongest = algorithms
    .reverse()
    .find((algorithm) => fingerprints.some((one) => one.algorithm === algorithm));
  if (strongest === undefined) return false;
  const digest = crypto.hash(hashes[strongest].hash, certificate);
  return fingerprints.some((one) => {
    const expected = fromHex(one.value.replaceAll(":", ""));
    return (
      one.algorithm === strongest && expected !== undefined && equalInConstantTime(expected, digest)
    );
  });
}

function isSupported(algorithm: string): algorithm is FingerprintAlgorithm {
  return Object.hasOwn(hashes, algorithm);
}
