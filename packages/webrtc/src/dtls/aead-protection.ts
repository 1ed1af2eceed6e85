import { type Aead, aeadTagLength, writeU16 } from "../wire/index.ts";
import { dtls12 } from "./record.ts";
import type { RecordProtection } from "./record-protection.ts";

/** seq_num, type, version, length (RFC 5246 §6.2.3.3). */
const additionalLength = 13;
const nonceLength = 12;

/** Of a GCM fragment: the nonce's second part, in clear in front (RFC 5288 §3). */
const explicitNonceLength = 8;

/** AES-GCM (RFC 5288): a salt from the key block, and eight bytes in front of each fragment. */
export class GcmProtection implements RecordProtection {
  readonly overhead: number = explicitNonceLength + aeadTagLength;
  readonly #aead: Aead;
  readonly #nonce: Uint8Array = new Uint8Array(nonceLength);
  readonly #additional: Uint8Array = new Uint8Array(additionalLength);

  constructor(aead: Aead, salt: Uint8Array) {
    this.#aead = aead;
    this.#nonce.set(salt);
  }

  seal(
    type: number,
    epochAndSequence: Uint8Array,
    plaintext: Uint8Array,
    out: Uint8Array,
    outAt: number,
  ): number {
    // The record's own number never comes twice under a key, which is all that a nonce needs.
    this.#nonce.set(epochAndSequence, 4);
    out.set(epochAndSequence, outAt);
    writeAdditional(this.#additional, type, epochAndSequence, plaintext.length);
    const at = outAt + explicitNonceLength;
    return explicitNonceLength + this.#aead.seal(this.#nonce, this.#additional, plaintext, out, at);
  }

  open(
    type: number,
    epochAndSequence: Uint8Array,
    fragment: Uint8Array,
    out: Uint8Array,
    outAt: number,
  ): number {
    const length = fragment.length - this.overhead;
    if (length < 0) return -1;
    this.#nonce.set(fragment.subarray(0, explicitNonceLength), 4);
    writeAdditional(this.#additional, type, epochAndSequence, length);
    const sealed = fragment.subarray(explicitNonceLength);
    return this.#aead.open(this.#nonce, this.#additional, sealed, out, outAt);
  }
}

/** ChaCha20-Poly1305 (RFC 7905 §2): the nonce is the record's number, masked, and not sent. */
export class ChachaProtection implements RecordProtection {
  readonly overhead: number = aeadTagLength;
  readonly #aead: Aead;
  readonly #mask: Uint8Array;
  readonly #nonce: Uint8Array;
  readonly #additional: Uint8Array = new Uint8Array(additionalLength);

  constructor(aead: Aead, mask: Uint8Array) {
    this.#aead = aead;
    this.#mask = mask;
    this.#nonce = Uint8Array.from(mask);
  }

  seal(
    type: number,
    epochAndSequence: Uint8Array,
    plaintext: Uint8Array,
    out: Uint8Array,
    outAt: number,
  ): number {
    this.#writeNonce(epochAndSequence);
    writeAdditional(this.#additional, type, epochAndSequence, plaintext.length);
    return this.#aead.seal(this.#nonce, this.#additional, plaintext, out, outAt);
  }

  open(
    type: number,
    epochAndSequence: Uint8Array,
    fragment: Uint8Array,
    out: Uint8Array,
    outAt: number,
  ): number {
    const length = fragment.length - this.overhead;
    if (length < 0) return -1;
    this.#writeNonce(epochAndSequence);
    writeAdditional(this.#additional, type, epochAndSequence, length);
    return this.#aead.open(this.#nonce, this.#additional, fragment, out, outAt);
  }

  #writeNonce(epochAndSequence: Uint8Array): void {
    for (let i = 0; i < 8; i += 1) {
      this.#nonce[4 + i] = (this.#mask[4 + i] as number) ^ (epochAndSequence[i] as number);
    }
  }
}

function writeAdditional(
  out: Uint8Array,
  type: number,
  epochAndSequence: Uint8Array,
  length: number,
): void {
  out.set(epochAndSequence);
  out[8] = type;
  writeU16(out, 9, dtls12);
  writeU16(out, 11, length);
}
