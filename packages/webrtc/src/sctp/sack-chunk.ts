import { readU16, readU32, writeU16, writeU32 } from "../wire/index.ts";
import { CHUNK, chunkHeaderLength } from "./chunk-type.ts";

/** Before the gap blocks of a SACK (RFC 9260 §3.3.4). */
export const sackHeaderLength = 16;

export type SackFault = "bad-sack" | "bad-gap-blocks";

/**
 * Reads SACKs where they lie (RFC 9260 §3.3.4): thousands come a second, so that none costs an object.
 */
export const sack = {
  /** What is wrong with the SACK at `bytes[at, at + length)`; gap blocks must ascend without touching. */
  fault(bytes: Uint8Array, at: number, length: number): SackFault | undefined {
    if (length < sackHeaderLength) return "bad-sack";
    const gaps = sack.gapCount(bytes, at);
    if (length < sackHeaderLength + 4 * (gaps + sack.duplicateCount(bytes, at))) return "bad-sack";
    let previous = 1;
    for (let i = 0; i < gaps; i += 1) {
      const start = sack.gapStart(bytes, at, i);
      const end = sack.gapEnd(bytes, at, i);
      if (start <= previous || end < start) return "bad-gap-blocks";
      previous = end;
    }
    return undefined;
  },
  cumulativeTsn: (bytes: Uint8Array, at: number): number => readU32(bytes, at + 4),
  window: (bytes: Uint8Array, at: number): number => readU32(bytes, at + 8),
  gapCount: (bytes: Uint8Array, at: number): number => readU16(bytes, at + 12),
  duplicateCount: (bytes: Uint8Array, at: number): number => readU16(bytes, at + 14),
  gapStart: (bytes: Uint8Array, at: number, i: number): number =>
    readU16(bytes, at + sackHeaderLength + 4 * i),
  gapEnd: (bytes: Uint8Array, at: number, i: number): number =>
    readU16(bytes, at + sackHeaderLength + 4 * i + 2),
} as const;

/** Writes a SACK in place and answers its length; `gaps` are pairs of offsets from the cumulative TSN. */
export function writeSack(
  bytes: Uint8Array,
  at: number,
  cumulativeTsn: number,
  window: number,
  gaps: readonly number[],
  duplicates: readonly number[],
): number {
  const length = sackHeaderLength + 2 * gaps.length + 4 * duplicates.length;
  bytes[at] = CHUNK.sack;
  bytes[at + 1] = 0;
  writeU16(bytes, at + 2, length);
  writeU32(bytes, at + chunkHeaderLength, cumulativeTsn);
  writeU32(bytes, at + 8, window);
  writeU16(bytes, at + 12, gaps.length / 2);
  writeU16(bytes, at + 14, duplicates.length);
  let to = at + sackHeaderLength;
  for (const offset of gaps) {
    writeU16(bytes, to, offset);
    to += 2;
  }
  for (const tsn of duplicates) {
    writeU32(bytes, to, tsn);
    to += 4;
  }
  return length;
}
