import { type Crypto, equalInConstantTime, readU32, writeU16 } from "../wire/index.ts";
import { crc32 } from "./crc32.ts";
import { headerLength, type StunMessage } from "./message.ts";

/** The two integrity attributes: HMAC-SHA1 (RFC 8489 §14.5) and HMAC-SHA256 (§14.6). */
export type IntegrityAlgorithm = "sha1" | "sha256";

/** The length of a MESSAGE-INTEGRITY value (RFC 8489 §14.5). */
export const integrityLength = 20;

/** The length of a MESSAGE-INTEGRITY-SHA256 value that is not truncated (RFC 8489 §14.6). */
export const integritySha256Length = 32;

/** The shortest truncated MESSAGE-INTEGRITY-SHA256 value (RFC 8489 §14.6). */
export const integritySha256MinLength = 16;

/** What FINGERPRINT is XORed with: "STUN" (RFC 8489 §14.7). */
export const fingerprintXor = 0x5354_554e;

/** Whether MESSAGE-INTEGRITY is there and right under this key (RFC 8489 §14.5). */
export function hasIntegrity(message: StunMessage, crypto: Crypto, key: Uint8Array): boolean {
  const at = message.integrityAt;
  if (at < 0 || message.lengthAt(at + 4) !== integrityLength) return false;
  const expected = integrityValue(crypto, "sha1", key, message.bytes, at, integrityLength);
  return equalInConstantTime(expected, message.bytes.subarray(at + 4, at + 4 + integrityLength));
}

/**
 * Whether MESSAGE-INTEGRITY-SHA256 is there and right under this key (RFC 8489 §14.6). A truncated
 * value is accepted from `minLength` on, in steps of four; the RFC's own bound is 16 bytes, and
 * without a usage that says otherwise it is sent whole.
 */
export function hasIntegritySha256(
  message: StunMessage,
  crypto: Crypto,
  key: Uint8Array,
  minLength: number = integritySha256Length,
): boolean {
  const at = message.integritySha256At;
  if (at < 0) return false;
  const length = message.lengthAt(at + 4);
  const least = Math.max(minLength, integritySha256MinLength);
  if (length < least || length > integritySha256Length || length % 4 !== 0) return false;
  const expected = integrityValue(crypto, "sha256", key, message.bytes, at, length);
  return equalInConstantTime(expected, message.bytes.subarray(at + 4, at + 4 + length));
}

/** Whether FINGERPRINT is there and right (RFC 8489 §14.7). */
export function hasFingerprint(message: StunMessage): boolean {
  const at = message.fingerprintAt;
  if (at < 0 || message.lengthAt(at + 4) !== 4) return false;
  return readU32(message.bytes, at + 4) === fingerprintValue(message.bytes, at);
}

/** The HMAC over a message up to `at`, its length field ending with the integrity attribute. */
export function integrityValue(
  crypto: Crypto,
  algorithm: IntegrityAlgorithm,
  key: Uint8Array,
  bytes: Uint8Array,
  at: number,
  length: number,
): Uint8Array {
  const head = Uint8Array.from(bytes.subarray(0, 4));
  writeU16(head, 2, at + 4 + length - headerLength);
  const value = crypto.hmac(algorithm, key, head, bytes.subarray(4, at));
  return value.length === length ? value : value.subarray(0, length);
}

/** The FINGERPRINT over a message up to `at`, whose length field includes it already. */
export function fingerprintValue(bytes: Uint8Array, at: number): number {
  return (crc32(bytes, at) ^ fingerprintXor) >>> 0;
}
