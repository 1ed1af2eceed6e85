import { type Decoded, decoded, fault, readU16, writeU16 } from "../wire/index.ts";
import { sampleLength } from "./epoch-keys.ts";
import type { RecordFault } from "./record.ts";

/** Bits of the first byte of DTLSCiphertext: 001CSLEE (RFC 9147 §4). */
const fixedBits = 0b0010_0000;
const fixedMask = 0b1110_0000;
const connectionIdBit = 0b0001_0000;
const longSequenceBit = 0b0000_1000;
const lengthBit = 0b0000_0100;
const epochMask = 0b0000_0011;

/** What we write: two bytes of number, and a length, so that records can share a datagram. */
export const unifiedHeaderLength = 5;

/** One protected record as it stands in a datagram; its number is still encrypted. */
export interface CipherRecord {
  /** From the first byte of the header to the last of the ciphertext. */
  readonly fragment: Uint8Array;
  /** The lowest two bits of the epoch. */
  readonly epochBits: number;
  /** Behind the first byte of the header: one or two bytes. */
  readonly numberLength: 1 | 2;
  readonly headerLength: number;
}

/** Whether a byte starts a protected record of DTLS 1.3 (RFC 9147 §4.1). */
export function isUnifiedHeader(byte: number): boolean {
  return (byte & fixedMask) === fixedBits;
}

/** The record that starts at `at`; the next one starts behind its fragment. */
export function decodeCipherRecord(
  packet: Uint8Array,
  at: number,
): Decoded<CipherRecord, RecordFault> {
  const first = packet[at] as number;
  // Connection ids are not negotiated.
  if (!isUnifiedHeader(first) || (first & connectionIdBit) !== 0) {
    return fault("unknown-content-type");
  }
  const numberLength = (first & longSequenceBit) === 0 ? 1 : 2;
  const hasLength = (first & lengthBit) !== 0;
  const headerLength = 1 + numberLength + (hasLength ? 2 : 0);
  if (at + headerLength > packet.length) return fault("truncated-record");
  const start = at + headerLength;
  const length = hasLength ? readU16(packet, start - 2) : packet.length - start;
  if (length < sampleLength || start + length > packet.length) return fault("truncated-record");
  return decoded({
    fragment: packet.subarray(at, start + length),
    epochBits: first & epochMask,
    numberLength,
    headerLength,
  });
}

/** Writes the header of a record, its number in clear. */
export function writeUnifiedHeader(
  out: Uint8Array,
  at: number,
  epoch: number,
  sequence: number,
  length: number,
): void {
  out[at] = fixedBits | longSequenceBit | lengthBit | (epoch & epochMask);
  writeU16(out, at + 1, sequence & 0xffff);
  writeU16(out, at + 3, length);
}

/** The number nearest to the one that is expected, of those that end in these bits (RFC 9147 §4.2.2). */
export function wholeSequence(bits: number, numberLength: 1 | 2, expected: number): number {
  const size = numberLength === 1 ? 0x100 : 0x1_0000;
  const candidate = expected - (expected % size) + bits;
  if (candidate - expected > size / 2 && candidate >= size) return candidate - size;
  return expected - candidate > size / 2 ? candidate + size : candidate;
}
