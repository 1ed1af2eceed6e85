import {
  type Decoded,
  decoded,
  fault,
  readU16,
  readU48,
  writeU16,
  writeU48,
} from "../wire/index.ts";

/** ContentType (RFC 5246 §6.2.1). */
export const contentType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  /** RFC 9147 §7. */
  ack: 26,
} as const;

/** Protocol versions on the wire (RFC 6347 §4.1): the ones' complement of 1.0 and 1.2. */
export const dtls10 = 0xfeff;
export const dtls12 = 0xfefd;
/** RFC 9147 §5.3: stands in supported_versions only. */
export const dtls13 = 0xfefc;

/** type, version, epoch, sequence number, length (RFC 6347 §4.1). */
export const recordHeaderLength = 13;

/** The most that one record carries (RFC 5246 §6.2.1), and the most that it is long (§6.2.3). */
export const maxPlaintextLength = 16_384;
const maxFragmentLength = 18_432;

/** The last sequence number of an epoch: 48 bits (RFC 6347 §4.1). */
export const maxSequence = 0xffff_ffff_ffff;

/** One record as it stands in a datagram, still protected. */
export interface DtlsRecord {
  readonly type: number;
  readonly version: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly fragment: Uint8Array;
}

/** Why a datagram, from some point on, holds no record. */
export type RecordFault =
  | "truncated-record"
  | "record-too-long"
  | "unknown-content-type"
  | "bad-version";

/** The record that starts at `at`; the next one starts behind its fragment. */
export function decodeRecord(packet: Uint8Array, at: number): Decoded<DtlsRecord, RecordFault> {
  if (packet.length - at < recordHeaderLength) return fault("truncated-record");
  const type = packet[at] as number;
  if (type < contentType.changeCipherSpec || type > contentType.applicationData) {
    return fault("unknown-content-type");
  }
  const version = readU16(packet, at + 1);
  // RFC 6347 §4.1: any 1.x is taken while the version is being negotiated.
  if (version >>> 8 !== 0xfe) return fault("bad-version");
  const length = readU16(packet, at + 11);
  if (length > maxFragmentLength) return fault("record-too-long");
  const start = at + recordHeaderLength;
  if (start + length > packet.length) return fault("truncated-record");
  return decoded({
    type,
    version,
    epoch: readU16(packet, at + 3),
    sequence: readU48(packet, at + 5),
    fragment: packet.subarray(start, start + length),
  });
}

/** Writes the thirteen bytes in front of a fragment. */
export function writeRecordHeader(
  out: Uint8Array,
  at: number,
  type: number,
  version: number,
  epoch: number,
  sequence: number,
  length: number,
): void {
  out[at] = type;
  writeU16(out, at + 1, version);
  writeU16(out, at + 3, epoch);
  writeU48(out, at + 5, sequence);
  writeU16(out, at + 11, length);
}
