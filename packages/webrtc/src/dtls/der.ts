import { concat, toUtf8 } from "../wire/index.ts";

/** Tags of ASN.1 types in DER (X.690 §8). */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** Constructed, context-specific: [0] and [3]. */
  context0: 0xa0,
  context3: 0xa3,
} as const;

/** One element: a tag, a length of as many bytes as it needs, and the content (X.690 §8.1). */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concat(...content);
  return concat(Uint8Array.of(tag), derLength(body.length), body);
}

/** An INTEGER from the big-endian bytes of a number that is not negative (X.690 §8.3). */
export function derInteger(magnitude: Uint8Array): Uint8Array {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start += 1;
  const digits = magnitude.subarray(start);
  const sign = digits.length === 0 || (digits[0] as number) >= 0x80 ? [0] : [];
  return der(derTag.integer, Uint8Array.from(sign), digits);
}

/** An OBJECT IDENTIFIER from its dotted text (X.690 §8.19). */
export function derObjectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left % 128) | 0x80);
    }
    bytes.push(...groups);
  }
  return der(derTag.objectIdentifier, Uint8Array.from(bytes));
}

/** A BIT STRING of whole bytes, or with `unused` bits at the end that do not count (X.690 §8.6). */
export function derBitString(bytes: Uint8Array, unused = 0): Uint8Array {
  return der(derTag.bitString, Uint8Array.of(unused), bytes);
}

/** A UTF8String (X.690 §8.23). */
export function derUtf8String(text: string): Uint8Array {
  return der(derTag.utf8String, toUtf8(text));
}

/** An element that was read: its content, and itself with tag and length. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

/** Reads elements one after the other; answers `undefined` from the first one that does not parse. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next element, if it has this tag; otherwise nothing is read. */
  take(tag: number): DerElement | undefined {
    const element = this.#peek();
    if (element?.tag !== tag) return undefined;
    this.#at += element.whole.length;
    return element;
  }

  #peek(): DerElement | undefined {
    const bytes = this.#bytes;
    const start = this.#at;
    const tag = bytes[start];
    const first = bytes[start + 1];
    if (tag === undefined || first === undefined) return undefined;
    let length = first;
    let contentAt = start + 2;
    if (first >= 0x80) {
      // Definite lengths of up to three bytes; a handshake message cannot be longer (X.690 §8.1.3.5).
      const count = first & 0x7f;
      if (count === 0 || count > 3) return undefined;
      length = 0;
      for (let i = 0; i < count; i += 1) length = length * 256 + (bytes[contentAt + i] ?? 0);
      contentAt += count;
    }
    const end = contentAt + length;
    if (end > bytes.length) return undefined;
    return { tag, content: bytes.subarray(contentAt, end), whole: bytes.subarray(start, end) };
  }
}

function derLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let left = length; left > 0; left >>>= 8) bytes.unshift(left & 0xff);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}
