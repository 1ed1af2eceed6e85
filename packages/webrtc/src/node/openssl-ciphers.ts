import type { RecordNumberMask } from "../dtls/index.ts";
import { type Aead, type AeadAlgorithm, aeadTagLength } from "../wire/index.ts";
import { check, type OpenSsl, type OpenSslCipher } from "./openssl.ts";

/**
 * An authenticated cipher on OpenSSL's own functions: no object per record, and a context for each
 * direction that is used, of which most keys have one.
 */
export class OpenSslAead implements Aead {
  readonly #openSsl: OpenSsl;
  readonly #algorithm: AeadAlgorithm;
  readonly #key: Uint8Array;
  #sealing: bigint | undefined;
  #opening: bigint | undefined;

  constructor(openSsl: OpenSsl, algorithm: AeadAlgorithm, key: Uint8Array) {
    if (key.length !== keyLengths[algorithm]) throw new RangeError(wrongKeyLength);
    this.#openSsl = openSsl;
    this.#algorithm = algorithm;
    this.#key = key.slice();
  }

  seal(
    nonce: Uint8Array,
    additional: Uint8Array,
    plaintext: Uint8Array,
    out: Uint8Array,
    outAt: number,
  ): number {
    const { length } = plaintext;
    const end = outAt + length;
    const tag = out.subarray(end, end + aeadTagLength);
    // What is behind this line writes through a pointer: it must not find too little room.
    if (tag.length < aeadTagLength) throw new RangeError("There is no room for the record.");
    this.#sealing ??= keyed(this, this.#openSsl, this.#algorithm, this.#key, 1);
    const context = this.#sealing;
    this.#begin(context, nonce, additional);
    if (length > 0) this.#pass(context, out.subarray(outAt, end), plaintext, length);
    check(this.#openSsl.final(context, tag, written));
    check(this.#openSsl.control(context, readTag, aeadTagLength, tag));
    return length + aeadTagLength;
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
    if (scratch.length < length) scratch = new Uint8Array(length);
    this.#opening ??= keyed(this, this.#openSsl, this.#algorithm, this.#key, 0);
    const context = this.#opening;
    this.#begin(context, nonce, additional);
    check(
      this.#openSsl.control(
        context,
        writeTag,
        aeadTagLength,
        sealed.subarray(length, sealed.length),
      ),
    );
    if (length > 0) this.#pass(context, scratch, sealed, length);
    if (this.#openSsl.final(context, scratch, written) !== 1) return -1;
    out.set(scratch.subarray(0, length), outAt);
    return length;
  }

  #begin(context: bigint, nonce: Uint8Array, additional: Uint8Array): void {
    if (nonce.length !== nonceLength) throw new RangeError("A nonce has twelve bytes.");
    check(this.#openSsl.init(context, null, null, null, nonce, -1));
    if (additional.length > 0) this.#pass(context, null, additional, additional.length);
  }

  #pass(context: bigint, out: Uint8Array | null, data: Uint8Array, length: number): void {
    check(this.#openSsl.update(context, out, written, data, length));
  }
}

/** The masks of DTLS 1.3 on OpenSSL's own functions; see `recordNumberMask` of node:crypto. */
export function openSslRecordNumberMask(
  openSsl: OpenSsl,
  algorithm: AeadAlgorithm,
  key: Uint8Array,
): RecordNumberMask {
  const isChacha = algorithm === "chacha20-poly1305";
  const cipher = isChacha
    ? "chacha20"
    : algorithm === "aes-128-gcm"
      ? "aes-128-ecb"
      : "aes-256-ecb";
  const out = new Uint8Array(blockLength);
  const mask: RecordNumberMask = (sample) => {
    if (sample.length !== blockLength) throw new RangeError("A sample has sixteen bytes.");
    if (isChacha) {
      check(openSsl.init(context, null, null, null, sample, -1));
      check(openSsl.update(context, out, written, zeros, zeros.length));
    } else check(openSsl.update(context, out, written, sample, blockLength));
    return out;
  };
  const context = keyed(mask, openSsl, cipher, key, 1);
  return mask;
}

/** A context with its key, which is freed when nobody has its owner any more. */
function keyed(
  owner: object,
  openSsl: OpenSsl,
  cipher: OpenSslCipher,
  key: Uint8Array,
  isEncrypting: 0 | 1,
): bigint {
  if (key.length !== keyLengths[cipher]) throw new RangeError(wrongKeyLength);
  const context = openSsl.newContext();
  contexts.register(owner, { openSsl, context });
  check(openSsl.init(context, openSsl.cipher(cipher), null, key, null, isEncrypting));
  return context;
}

const contexts = new FinalizationRegistry<{ openSsl: OpenSsl; context: bigint }>(
  ({ openSsl, context }) => openSsl.freeContext(context),
);

const keyLengths: Readonly<Record<OpenSslCipher, number>> = {
  "aes-128-gcm": 16,
  "aes-256-gcm": 32,
  "chacha20-poly1305": 32,
  "aes-128-ecb": 16,
  "aes-256-ecb": 32,
  chacha20: 32,
};

const wrongKeyLength = "The key has another length.";
const nonceLength = 12;
const blockLength = 16;

/** EVP_CTRL_AEAD_GET_TAG and EVP_CTRL_AEAD_SET_TAG (openssl/evp.h). */
const readTag = 0x10;
const writeTag = 0x11;

/** Where functions say how much they wrote, which is known already. */
const written = new Int32Array(1);

/** Bytes that are not known to be genuine yet. */
let scratch = new Uint8Array(2048);

const zeros = new Uint8Array(2);
