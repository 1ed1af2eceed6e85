import { concat, writeU16, writeU24 } from "../wire/index.ts";

/** Bytes behind a length of one byte (RFC 5246 §4.3). */
export function vector8(...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(...parts);
  return concat(Uint8Array.of(body.length), body);
}

/** Bytes behind a length of two bytes. */
export function vector16(...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(...parts);
  return concat(number16(body.length), body);
}

/** Bytes behind a length of three bytes. */
export function vector24(...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(...parts);
  const length = new Uint8Array(3);
  writeU24(length, 0, body.length);
  return concat(length, body);
}

/** One 16-bit number. */
export function number16(value: number): Uint8Array {
  const bytes = new Uint8Array(2);
  writeU16(bytes, 0, value);
  return bytes;
}

/** 16-bit numbers one after the other, without a length. */
export function numbers16(values: readonly number[]): Uint8Array {
  return concat(...values.map(number16));
}
