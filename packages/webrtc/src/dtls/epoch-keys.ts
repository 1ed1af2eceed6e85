import { type Aead, aeadTagLength, writeU16, writeU32 } from "../wire/index.ts";
import type { CipherSuite13 } from "./cipher-suite13.ts";
import type { DtlsCrypto, RecordNumberMask } from "./dtls-crypto.ts";
import { hkdfExpandLabel } from "./hkdf.ts";

const nonceLength = 12;

/** How much of a record's ciphertext the mask of its number is made from (RFC 9147 §4.2.3). */
export const sampleLength = 16;

/** One direction of one epoch (RFC 9147 §4.2.3, §5.9; RFC 8446 §5.3, §7.3). */
export class EpochKeys {
  readonly secret: Uint8Array;
  /** Tag, and the content type behind the content. */
  static readonly overhead: number = aeadTagLength + 1;
  readonly #aead: Aead;
  readonly #mask: RecordNumberMask;
  readonly #iv: Uint8Array;
  readonly #nonce: Uint8Array;

  constructor(crypto: DtlsCrypto, suite: CipherSuite13, secret: Uint8Array) {
    const expand = (label: string, length: number): Uint8Array =>
      hkdfExpandLabel(crypto, suite.hash, secret, label, new Uint8Array(0), length);
    this.secret = secret;
    this.#aead = crypto.aead(suite.cipher, expand("key", suite.keyLength));
    this.#mask = crypto.recordNumberMask(suite.cipher, expand("sn", suite.keyLength));
    this.#iv = expand("iv", nonceLength);
    this.#nonce = this.#iv.slice();
  }

  /** Seals what stands at `at` in `out` in its place; answers the length with the tag. */
  seal(sequence: number, header: Uint8Array, out: Uint8Array, at: number, length: number): number {
    const plaintext = out.subarray(at, at + length);
    return this.#aead.seal(this.#nonceOf(sequence), header, plaintext, out, at);
  }

  /** Opens a fragment in its place; answers the length, or -1 for a forgery. */
  open(sequence: number, header: Uint8Array, fragment: Uint8Array): number {
    return this.#aead.open(this.#nonceOf(sequence), header, fragment, fragment, 0);
  }

  /** Encrypts a record's number in its header, or decrypts it: the same for both. */
  mask(out: Uint8Array, numberAt: number, numberLength: number, ciphertextAt: number): void {
    const mask = this.#mask(out.subarray(ciphertextAt, ciphertextAt + sampleLength));
    for (let i = 0; i < numberLength; i += 1) {
      out[numberAt + i] = (out[numberAt + i] as number) ^ (mask[i] as number);
    }
  }

  /** The sequence number alone, without its epoch (RFC 9147 §4). */
  #nonceOf(sequence: number): Uint8Array {
    const nonce = this.#nonce;
    writeU16(nonce, 6, Math.floor(sequence / 0x1_0000_0000));
    writeU32(nonce, 8, sequence >>> 0);
    for (let i = 6; i < nonceLength; i += 1)
      nonce[i] = (nonce[i] as number) ^ (this.#iv[i] as number);
    return nonce;
  }
}
