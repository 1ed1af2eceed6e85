import { readU16, readU24 } from "../wire/index.ts";

/**
 * Reads through bytes from the network. A read beyond the end answers zero or nothing and is
 * remembered, so that a decoder asks `isComplete` once, at its end.
 */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether all reads were within the bytes, and all bytes were read. */
  get isComplete(): boolean {
    return !this.#failed && this.#at === this.#bytes.length;
  }

  /** Whether a read would still find something. */
  get hasMore(): boolean {
    return !this.#failed && this.#at < this.#bytes.length;
  }

  u8(): number {
    return this.#has(1) ? (this.#bytes[this.#take(1)] as number) : 0;
  }

  u16(): number {
    return this.#has(2) ? readU16(this.#bytes, this.#take(2)) : 0;
  }

  u24(): number {
    return this.#has(3) ? readU24(this.#bytes, this.#take(3)) : 0;
  }

  bytes(length: number): Uint8Array {
    if (!this.#has(length)) return new Uint8Array(0);
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** Bytes behind a length of one byte (RFC 5246 §4.3). */
  vector8(): Uint8Array {
    return this.bytes(this.u8());
  }

  /** Bytes behind a length of two bytes. */
  vector16(): Uint8Array {
    return this.bytes(this.u16());
  }

  /** Bytes behind a length of three bytes. */
  vector24(): Uint8Array {
    return this.bytes(this.u24());
  }

  /** A vector of 16-bit numbers; an odd length is a failure. */
  numbers16(): readonly number[] {
    const bytes = this.vector16();
    if (bytes.length % 2 !== 0) this.#failed = true;
    const numbers: number[] = [];
    for (let at = 0; at + 1 < bytes.length; at += 2) numbers.push(readU16(bytes, at));
    return numbers;
  }

  #has(length: number): boolean {
    if (this.#at + length > this.#bytes.length) this.#failed = true;
    return !this.#failed;
  }

  #take(length: number): number {
    const at = this.#at;
    this.#at += length;
    return at;
  }
}
