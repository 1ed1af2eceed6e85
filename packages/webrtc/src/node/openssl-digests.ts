import { type Crypto, concat, type HashAlgorithm } from "../wire/index.ts";
import { check, type OpenSsl } from "./openssl.ts";

/**
 * Hashes on OpenSSL's own functions: a call for each, where node:crypto takes its options apart, and takes
 * two hashes for an HMAC. A handshake makes forty of them, in JavaScript that is not compiled yet.
 */
export function openSslDigests(openSsl: OpenSsl): Pick<Crypto, "hash" | "hmac"> {
  return {
    hash: (algorithm, ...parts) => {
      const value = new Uint8Array(digestLength[algorithm]);
      const data = concat(...parts);
      check(openSsl.digest(data, data.length, value, null, openSsl.hash(algorithm), null));
      return value;
    },
    hmac: (algorithm, key, ...parts) => {
      const value = new Uint8Array(digestLength[algorithm]);
      const data = concat(...parts);
      const hash = openSsl.hash(algorithm);
      // An empty view is passed as no memory at all, which OpenSSL takes for the key of the call before.
      const from = key.length > 0 ? key : nothing;
      const where = openSsl.hmac(hash, from, key.length, data, data.length, value, written);
      check(where === null ? 0 : 1);
      return value;
    },
  };
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
