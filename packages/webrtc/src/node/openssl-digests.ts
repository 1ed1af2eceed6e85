import { type Crypto, concat, type HashAlgorithm } from "../wire/index.ts";
import type { OpenSsl } from "./openssl.ts";

/**
 * Hashes on OpenSSL's own functions: a call for each, where node:crypto takes its options apart, and takes
 * two hashes for an HMAC. A handshake makes forty of them, in JavaScript that is not compiled yet.
 */
export function openSslDigests(openSsl: OpenSsl): Pick<Crypto, "hash" | "hmac"> {
  return {
    hash: (algorithm, ...parts) => {
      const value = new Uint8Array(digestLength[algorithm]);
      const data = joined(parts);
      const outcome = openSsl.digest(data, data.length, value, null, openSsl.hash(algorithm), null);
      if (outcome !== 1) throw new Error(failure);
      forget(data);
      return value;
    },
    hmac: (algorithm, key, ...parts) => {
      const value = new Uint8Array(digestLength[algorithm]);
      const data = joined(parts);
      const hash = openSsl.hash(algorithm);
      // An empty view is passed as no memory at all, which OpenSSL takes for the key of the call before.
      const from = key.length > 0 ? key : nothing;
      const where = openSsl.hmac(hash, from, key.length, data, data.length, value, written);
      if (where === null) throw new Error(failure);
      forget(data);
      return value;
    },
  };
}

/** Room for what comes in several parts: a packet, or the messages of a handshake. */
const scratch = new Uint8Array(4096);

/** The parts as one; in one place that all share, where there is room. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  let length = 0;
  for (const part of parts) length += part.length;
  if (length > scratch.length) return concat(...parts);
  let at = 0;
  for (const part of parts) {
    scratch.set(part, at);
    at += part.length;
  }
  return scratch.subarray(0, length);
}

/** Secrets don't stay in the place that is shared. */
function forget(data: Uint8Array): void {
  if (data.buffer === scratch.buffer) data.fill(0);
}

const nothing = new Uint8Array(1);

/** Where the length of an HMAC is written, which is known already. */
const written = new Uint32Array(1);

const digestLength: Readonly<Record<HashAlgorithm, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

const failure = "OpenSSL did not do what it always does.";
