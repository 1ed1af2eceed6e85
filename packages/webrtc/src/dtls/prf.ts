import { type Crypto, concat, type HashAlgorithm, toUtf8 } from "../wire/index.ts";

/** The pseudorandom function of TLS 1.2 (RFC 5246 §5). */
export function prf(
  crypto: Crypto,
  hash: HashAlgorithm,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const labelled = concat(toUtf8(label), seed);
  const out = new Uint8Array(length);
  let chained = crypto.hmac(hash, secret, labelled);
  for (let at = 0; at < length; ) {
    const block = crypto.hmac(hash, secret, chained, labelled);
    out.set(block.subarray(0, length - at), at);
    at += block.length;
    chained = crypto.hmac(hash, secret, chained);
  }
  return out;
}
