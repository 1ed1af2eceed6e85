import { writeU16, writeU32 } from "../wire/index.ts";
import { CHUNK } from "./chunk-type.ts";

/** Flags of DATA and I-DATA (RFC 9260 §3.3.1, RFC 8260 §2.1). */
export const dataFlag = {
  end: 1,
  beginning: 2,
  unordered: 4,
  /** Acknowledge without delay (RFC 7053 §3). */
  immediate: 8,
} as const;

/** Before the user data of a DATA chunk (RFC 9260 §3.3.1). */
export const dataHeaderLength = 16;
/** Before the user data of an I-DATA chunk (RFC 8260 §2.1). */
export const iDataHeaderLength = 20;

/**
 * Writes the header of a DATA chunk in place; its payload follows at `at + dataHeaderLength`.
 *
 * Fields: 4 TSN, 8 stream identifier, 10 stream sequence number, 12 payload protocol identifier.
 */
export function writeDataHeader(
  bytes: Uint8Array,
  at: number,
  flags: number,
  length: number,
  tsn: number,
  streamId: number,
  ssn: number,
  ppid: number,
): void {
  bytes[at] = CHUNK.data;
  bytes[at + 1] = flags;
  writeU16(bytes, at + 2, dataHeaderLength + length);
  writeU32(bytes, at + 4, tsn);
  writeU16(bytes, at + 8, streamId);
  writeU16(bytes, at + 10, ssn);
  writeU32(bytes, at + 12, ppid);
}

/**
 * Writes the header of an I-DATA chunk in place; its payload follows at `at + iDataHeaderLength`.
 *
 * Fields: 4 TSN, 8 stream identifier, 12 message identifier, 16 the payload protocol identifier in
 * a first fragment and the fragment sequence number in all others.
 */
export function writeIDataHeader(
  bytes: Uint8Array,
  at: number,
  flags: number,
  length: number,
  tsn: number,
  streamId: number,
  mid: number,
  ppidOrFsn: number,
): void {
  bytes[at] = CHUNK.iData;
  bytes[at + 1] = flags;
  writeU16(bytes, at + 2, iDataHeaderLength + length);
  writeU32(bytes, at + 4, tsn);
  writeU16(bytes, at + 8, streamId);
  writeU16(bytes, at + 10, 0);
  writeU32(bytes, at + 12, mid);
  writeU32(bytes, at + 16, ppidOrFsn);
}

/** Copies `source[from, from + length)` to `target[at]` and clears the padding after it. */
export function writePayload(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  from: number,
  length: number,
): void {
  if (length <= shortCopy) {
    for (let i = 0; i < length; i += 1) target[at + i] = source[from + i] as number;
  } else if (length === source.length) {
    target.set(source, at);
  } else {
    target.set(source.subarray(from, from + length), at);
  }
  for (let i = at + length; ((i - at) & 3) !== 0; i += 1) target[i] = 0;
}

/** Copies `source[from, to)` out of a packet, into an array buffer of its own. */
export function readPayload(source: Uint8Array, from: number, to: number): Uint8Array {
  const length = to - from;
  const payload = new Uint8Array(length);
  if (length <= shortCopy) {
    for (let i = 0; i < length; i += 1) payload[i] = source[from + i] as number;
  } else payload.set(source.subarray(from, to));
  return payload;
}

/** Below this a loop is cheaper than a view and a call into the engine (bench/sctp-core.ts). */
const shortCopy = 48;
