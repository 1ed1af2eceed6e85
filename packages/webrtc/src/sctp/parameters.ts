import { readU16, writeU16 } from "../wire/index.ts";
import { padded } from "./chunk-type.ts";

/** A parameter or an error cause: type, length, value (RFC 9260 §3.2.1, §3.3.10). */
export interface Parameter {
  readonly type: number;
  readonly value: Uint8Array;
}

/** The parameters of `bytes[from, to)`, as views; `undefined` where a length does not add up. */
export function decodeParameters(
  bytes: Uint8Array,
  from: number,
  to: number,
): readonly Parameter[] | undefined {
  const parameters: Parameter[] = [];
  for (let at = from; at < to; ) {
    if (at + 4 > to) return undefined;
    const length = readU16(bytes, at + 2);
    if (length < 4 || at + length > to) return undefined;
    parameters.push({ type: readU16(bytes, at), value: bytes.subarray(at + 4, at + length) });
    at += padded(length);
  }
  return parameters;
}

/** One after the other, each padded, the last too. */
export function encodeParameters(parameters: readonly Parameter[]): Uint8Array {
  let length = 0;
  for (const { value } of parameters) length += padded(4 + value.length);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const { type, value } of parameters) {
    writeU16(bytes, at, type);
    writeU16(bytes, at + 2, 4 + value.length);
    bytes.set(value, at + 4);
    at += padded(4 + value.length);
  }
  return bytes;
}
