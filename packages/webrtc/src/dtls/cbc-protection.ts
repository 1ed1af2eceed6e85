import { concat, equalInConstantTime, writeU16 } from "../wire/index.ts";
import type { AesCbc, DtlsCrypto } from "./dtls-crypto.ts";
import { dtls12 } from "./record.ts";
import type { RecordProtection } from "./record-protection.ts";

const blockLength = 16;
const macLength = 20;
/** An HMAC-SHA1 eats 64 bytes at a time; 13 bytes of header come in front, 9 of padding behind. */
const hashBlockLength = 64;

/**
 * AES-CBC with HMAC-SHA1 for old peers (RFC 5246 §6.2.3.2): with the MAC over the ciphertext where
 * that was negotiated (RFC 7366), else over the plaintext, which needs the care seen below.
 */
export class CbcProtection implements RecordProtection {
  readonly overhead: number = blockLength + macLength + blockLength;
  readonly #crypto: DtlsCrypto;
  readonly #cipher: AesCbc;
  readonly #macKey: Uint8Array;
  readonly #encryptThenMac: boolean;

  constructor(crypto: DtlsCrypto, cipher: AesCbc, macKey: Uint8Array, encryptThenMac: boolean) {
    this.#crypto = crypto;
    this.#cipher = cipher;
    this.#macKey = macKey;
    this.#encryptThenMac = encryptThenMac;
  }

  seal(
    type: number,
    epochAndSequence: Uint8Array,
    plaintext: Uint8Array,
    out: Uint8Array,
    outAt: number,
  ): number {
    const iv = this.#crypto.random(blockLength);
    if (this.#encryptThenMac) {
      const sealed = concat(iv, this.#cipher.encrypt(iv, padded(plaintext)));
      out.set(sealed, outAt);
      out.set(this.#mac(type, epochAndSequence, sealed), outAt + sealed.length);
      return sealed.length + macLength;
    }
    const mac = this.#mac(type, epochAndSequence, plaintext);
    const sealed = this.#cipher.encrypt(iv, padded(concat(plaintext, mac)));
    out.set(iv, outAt);
    out.set(sealed, outAt + blockLength);
    return blockLength + sealed.length;
  }

  open(
    type: number,
    epochAndSequence: Uint8Array,
    fragment: Uint8Array,
    out: Uint8Array,
    outAt: number,
  ): number {
    const plaintext = this.#encryptThenMac
      ? this.#openEncryptThenMac(type, epochAndSequence, fragment)
      : this.#openMacThenEncrypt(type, epochAndSequence, fragment);
    if (plaintext === undefined) return -1;
    out.set(plaintext, outAt);
    return plaintext.length;
  }

  #openEncryptThenMac(
    type: number,
    epochAndSequence: Uint8Array,
    fragment: Uint8Array,
  ): Uint8Array | undefined {
    const sealed = fragment.subarray(0, Math.max(0, fragment.length - macLength));
    if (sealed.length < 2 * blockLength || sealed.length % blockLength !== 0) return undefined;
    const mac = this.#mac(type, epochAndSequence, sealed);
    if (!equalInConstantTime(mac, fragment.subarray(sealed.length))) return undefined;
    const blocks = this.#decrypt(sealed);
    const padding = validPadding(blocks, 0);
    return padding < 0 ? undefined : blocks.subarray(0, blocks.length - padding);
  }

  /**
   * Bad padding and a bad MAC must look the same from outside, in time as well (RFC 5246
   * §6.2.3.2): the MAC is taken over something in either case, and what the padding saves of
   * hashing is hashed in vain.
   */
  #openMacThenEncrypt(
    type: number,
    epochAndSequence: Uint8Array,
    fragment: Uint8Array,
  ): Uint8Array | undefined {
    if (fragment.length < 3 * blockLength || fragment.length % blockLength !== 0) return undefined;
    const blocks = this.#decrypt(fragment);
    const padding = validPadding(blocks, macLength);
    const length = blocks.length - macLength - Math.max(1, padding);
    const plaintext = blocks.subarray(0, length);
    const mac = this.#mac(type, epochAndSequence, plaintext);
    const genuine = equalInConstantTime(mac, blocks.subarray(length, length + macLength));
    const saved = hashBlocks(blocks.length - macLength - 1) - hashBlocks(length);
    if (saved > 0) this.#crypto.hash("sha1", new Uint8Array(saved * hashBlockLength - 9));
    return genuine && padding > 0 ? plaintext : undefined;
  }

  #decrypt(sealed: Uint8Array): Uint8Array {
    return this.#cipher.decrypt(sealed.subarray(0, blockLength), sealed.subarray(blockLength));
  }

  #mac(type: number, epochAndSequence: Uint8Array, content: Uint8Array): Uint8Array {
    const header = new Uint8Array(13);
    header.set(epochAndSequence);
    header[8] = type;
    writeU16(header, 9, dtls12);
    writeU16(header, 11, content.length);
    return this.#crypto.hmac("sha1", this.#macKey, header, content);
  }
}

/** Fills up to whole blocks with the number of bytes that the last one counts (RFC 5246 §6.2.3.2). */
function padded(content: Uint8Array): Uint8Array {
  const count = blockLength - (content.length % blockLength);
  return concat(content, new Uint8Array(count).fill(count - 1));
}

/** How many bytes of padding there are, its length byte included; -1 where they are not as they must be. */
function validPadding(blocks: Uint8Array, behind: number): number {
  const last = blocks[blocks.length - 1] as number;
  const count = last + 1;
  if (count + behind > blocks.length) return -1;
  let difference = 0;
  const reach = Math.min(256, blocks.length);
  for (let i = 1; i <= reach; i += 1) {
    const inside = i <= count ? 0xff : 0;
    difference |= inside & ((blocks[blocks.length - i] as number) ^ last);
  }
  return difference === 0 ? count : -1;
}

function hashBlocks(length: number): number {
  return Math.ceil((13 + length + 9) / hashBlockLength);
}
