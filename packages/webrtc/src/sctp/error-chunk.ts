import { type Decoded, decoded, fault, writeU32 } from "../wire/index.ts";
import { CHUNK, chunkHeaderLength, encodeChunk } from "./chunk-type.ts";
import { decodeParameters, encodeParameters, type Parameter } from "./parameters.ts";

/** The error causes that are sent or acted upon (RFC 9260 §3.3.10). */
export const CAUSE = {
  invalidStream: 1,
  staleCookie: 3,
  unrecognizedChunk: 6,
  unrecognizedParameters: 8,
  noUserData: 9,
  cookieWhileShuttingDown: 10,
  userAbort: 12,
  protocolViolation: 13,
} as const;

export type ErrorFault = "bad-error-causes";

/** The causes in an ERROR or ABORT chunk. */
export function decodeCauses(
  bytes: Uint8Array,
  at: number,
  length: number,
): Decoded<readonly Parameter[], ErrorFault> {
  const causes = decodeParameters(bytes, at + chunkHeaderLength, at + length);
  return causes === undefined ? fault("bad-error-causes") : decoded(causes);
}

/** An ERROR chunk with one cause (RFC 9260 §3.3.10). */
export function encodeError(type: number, value: Uint8Array): Uint8Array {
  return encodeChunk(CHUNK.error, 0, encodeParameters([{ type, value }]));
}

/**
 * An ABORT chunk (RFC 9260 §3.3.7). With `reflected` the packet carries the tag of the packet that
 * it answers, as its receiver is not known here (T bit).
 */
export function encodeAbort(cause: Parameter | undefined, reflected: boolean): Uint8Array {
  const value = encodeParameters(cause === undefined ? [] : [cause]);
  return encodeChunk(CHUNK.abort, reflected ? tBit : 0, value);
}

/** The tag is the receiver's own, sent back (RFC 9260 §8.5.1). */
export const tBit = 1;

/** The value of a cause that is one word: a stream (RFC 9260 §3.3.10.1), a TSN (§3.3.10.9), a staleness in microseconds (§3.3.10.3). */
export function causeWord(word: number): Uint8Array {
  const value = new Uint8Array(4);
  writeU32(value, 0, word);
  return value;
}
