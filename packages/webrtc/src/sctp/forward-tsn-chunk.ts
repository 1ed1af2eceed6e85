import {
  type Decoded,
  decoded,
  fault,
  readU16,
  readU32,
  writeU16,
  writeU32,
} from "../wire/index.ts";
import { CHUNK, chunkHeaderLength, encodeChunk } from "./chunk-type.ts";

/** The last message that a stream is not to wait for any more. */
export interface SkippedStream {
  readonly streamId: number;
  readonly unordered: boolean;
  /** A stream sequence number, or a message identifier where messages interleave. */
  readonly order: number;
}

/** FORWARD TSN (RFC 3758 §3.2) or I-FORWARD-TSN (RFC 8260 §2.3.1). */
export interface ForwardTsn {
  readonly cumulativeTsn: number;
  readonly streams: readonly SkippedStream[];
}

export type ForwardTsnFault = "bad-forward-tsn";

/** Either of the two kinds, told apart by the chunk's type. */
export function decodeForwardTsn(
  bytes: Uint8Array,
  at: number,
  length: number,
): Decoded<ForwardTsn, ForwardTsnFault> {
  const interleaved = bytes[at] === CHUNK.iForwardTsn;
  const entry = interleaved ? interleavedEntryLength : entryLength;
  if (length < fixedLength || (length - fixedLength) % entry !== 0) {
    return fault("bad-forward-tsn");
  }
  const streams: SkippedStream[] = [];
  for (let i = at + fixedLength; i < at + length; i += entry) {
    streams.push({
      streamId: readU16(bytes, i),
      unordered: interleaved && ((bytes[i + 3] as number) & 1) !== 0,
      order: interleaved ? readU32(bytes, i + 4) : readU16(bytes, i + 2),
    });
  }
  return decoded({ cumulativeTsn: readU32(bytes, at + chunkHeaderLength), streams });
}

/** The chunk, in the form for interleaved messages or not. */
export function encodeForwardTsn(forward: ForwardTsn, interleaved: boolean): Uint8Array {
  const entry = interleaved ? interleavedEntryLength : entryLength;
  const value = new Uint8Array(4 + forward.streams.length * entry);
  writeU32(value, 0, forward.cumulativeTsn);
  let at = 4;
  for (const { streamId, unordered, order } of forward.streams) {
    writeU16(value, at, streamId);
    if (interleaved) {
      writeU16(value, at + 2, unordered ? 1 : 0);
      writeU32(value, at + 4, order);
    } else writeU16(value, at + 2, order);
    at += entry;
  }
  return encodeChunk(interleaved ? CHUNK.iForwardTsn : CHUNK.forwardTsn, 0, value);
}

/** So many skipped streams leave the chunk within the smallest packet that is sent. */
export const maxSkippedStreams = 128;

const fixedLength = 8;
const entryLength = 4;
const interleavedEntryLength = 8;
