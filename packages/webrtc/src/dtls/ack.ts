import {
  concat,
  type Decoded,
  decoded,
  fault,
  readU16,
  readU32,
  readU48,
  writeU32,
  writeU48,
} from "../wire/index.ts";
import { vector16 } from "./vector.ts";

/** Which record (RFC 9147 §4). */
export interface RecordNumber {
  readonly epoch: number;
  readonly sequence: number;
}

/** What is wrong with an ACK. */
export type AckFault = "malformed-ack";

/** Epoch and sequence number, 64 bits each. */
const recordNumberLength = 16;

/** The records that an ACK names (RFC 9147 §7). */
export function encodeAck(numbers: readonly RecordNumber[]): Uint8Array {
  const each = numbers.map(({ epoch, sequence }) => {
    const bytes = new Uint8Array(recordNumberLength);
    writeU32(bytes, 4, epoch);
    writeU48(bytes, 10, sequence);
    return bytes;
  });
  return vector16(concat(...each));
}

/** The records that an ACK names; numbers beyond what we ever send are left out. */
export function decodeAck(bytes: Uint8Array): Decoded<readonly RecordNumber[], AckFault> {
  const length = bytes.length - 2;
  if (length < 0 || readU16(bytes, 0) !== length || length % recordNumberLength !== 0) {
    return fault("malformed-ack");
  }
  const numbers: RecordNumber[] = [];
  for (let at = 2; at < bytes.length; at += recordNumberLength) {
    if (readU32(bytes, at) !== 0 || readU16(bytes, at + 8) !== 0) continue;
    numbers.push({ epoch: readU32(bytes, at + 4), sequence: readU48(bytes, at + 10) });
  }
  return decoded(numbers);
}
