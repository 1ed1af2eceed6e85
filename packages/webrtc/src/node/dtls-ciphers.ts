import {
  type CipherGCMTypes,
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
} from "node:crypto";
import type { AesCbc, RecordNumberMask } from "../dtls/index.ts";
import { type Aead, type AeadAlgorithm, aeadTagLength } from "../wire/index.ts";

const options = { authTagLength: aeadTagLength };

/** An authenticated cipher on node:crypto. */
export class NodeAead implements Aead {
  readonly #algorithm: CipherGCMTypes;
  readonly #key: KeyObject;

  constructor(algorithm: AeadAlgorithm, key: Uint8Array) {
    // For ChaCha20-Poly1305 node:crypto has the same methods, and its types have a name of their own.
    this.#algorithm = algorithm as CipherGCMTypes;
    this.#key = createSecretKey(key);
  }

  seal(
    nonce: Uint8Array,
    additional: Uint8Array,
    plaintext: Uint8Array,
    out: Uint8Array,
    outAt: number,
  ): number {
    const cipher = createCipheriv(this.#algorithm, this.#key, nonce, options);
    // The length is for ChaCha20-Poly1305; AES-GCM does not ask for it.
    cipher.setAAD(additional, { plaintextLength: plaintext.length });
    const sealed = cipher.update(plaintext);
    cipher.final();
    out.set(sealed, outAt);
    out.set(cipher.getAuthTag(), outAt + sealed.length);
    return sealed.length + aeadTagLength;
  }

  open(
    nonce: Uint8Array,
    additional: Uint8Array,
    sealed: Uint8Array,
    out: Uint8Array,
    outAt: number,
  ): number {
    const length = sealed.length - aeadTagLength;
    if (length < 0) return -1;
    const decipher = createDecipheriv(this.#algorithm, this.#key, nonce, options);
    decipher.setAAD(additional, { plaintextLength: length });
    decipher.setAuthTag(sealed.subarray(length));
    const plaintext = decipher.update(sealed.subarray(0, length));
    if (!isGenuine(decipher)) return -1;
    out.set(plaintext, outAt);
    return length;
  }
}

/** AES-128-CBC on node:crypto, whole blocks only. */
export class NodeAesCbc implements AesCbc {
  readonly #key: KeyObject;

  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  encrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    return createCipheriv("aes-128-cbc", this.#key, iv).setAutoPadding(false).update(blocks);
  }

  decrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    return createDecipheriv("aes-128-cbc", this.#key, iv).setAutoPadding(false).update(blocks);
  }
}

/** The masks of DTLS 1.3 on node:crypto: a block of AES, or a piece of the ChaCha20 key stream. */
export function recordNumberMask(algorithm: AeadAlgorithm, key: Uint8Array): RecordNumberMask {
  const secret = createSecretKey(key);
  // Counter and nonce of ChaCha20 are the sample itself, in the order that OpenSSL takes them.
  if (algorithm === "chacha20-poly1305") {
    return (sample) => createCipheriv("chacha20", secret, sample).update(zeros);
  }
  const name = algorithm === "aes-128-gcm" ? "aes-128-ecb" : "aes-256-ecb";
  const cipher = createCipheriv(name, secret, null).setAutoPadding(false);
  return (sample) => cipher.update(sample);
}

const zeros = new Uint8Array(2);

/** node:crypto answers a wrong tag by throwing. */
function isGenuine(decipher: { final(): Uint8Array }): boolean {
  try {
    decipher.final();
    return true;
  } catch {
    return false;
  }
}
