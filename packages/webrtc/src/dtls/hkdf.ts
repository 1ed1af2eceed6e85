import { type Crypto, concat, type HashAlgorithm, toUtf8 } from "../wire/index.ts";
import { number16, vector8 } from "./vector.ts";

/** HKDF-Extract (RFC 5869 §2.2). */
export function hkdfExtract(
  crypto: Crypto,
  hash: HashAlgorithm,
  salt: Uint8Array,
  keyingMaterial: Uint8Array,
): Uint8Array {
  return crypto.hmac(hash, salt, keyingMaterial);
}

/** HKDF-Expand (RFC 5869 §2.3). */
export function hkdfExpand(
  crypto: Crypto,
  hash: HashAlgorithm,
  secret: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array {
  let block = crypto.hmac(hash, secret, info, Uint8Array.of(1));
  // Keys and nonces are a part of the first block.
  if (length <= block.length) return block.subarray(0, length);
  const out = new Uint8Array(length);
  out.set(block);
  for (let at = block.length, count = 2; at < length; at += block.length, count += 1) {
    block = crypto.hmac(hash, secret, block, info, Uint8Array.of(count));
    out.set(block.subarray(0, length - at), at);
  }
  return out;
}

/** HKDF-Expand-Label (RFC 8446 §7.1), with the prefix of DTLS (RFC 9147 §5.9). */
export function hkdfExpandLabel(
  crypto: Crypto,
  hash: HashAlgorithm,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const name = labels.get(label) ?? nameOf(label);
  const info = concat(number16(length), name, Uint8Array.of(context.length), context);
  return hkdfExpand(crypto, hash, secret, info, length);
}

function nameOf(label: string): Uint8Array {
  return vector8(toUtf8(`dtls13${label}`));
}

/** The labels of the handshake itself, which every connection uses twenty times. */
const labels: ReadonlyMap<string, Uint8Array> = new Map(
  [
    "derived",
    "c hs traffic",
    "s hs traffic",
    "c ap traffic",
    "s ap traffic",
    "exp master",
    "finished",
    "key",
    "iv",
    "sn",
  ].map((label) => [label, nameOf(label)]),
);
