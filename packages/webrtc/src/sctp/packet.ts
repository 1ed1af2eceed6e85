import { readU16, readU32, writeU16, writeU32 } from "../wire/index.ts";
import { chunkHeaderLength } from "./chunk-type.ts";
import { crc32c } from "./crc32c.ts";

/** Ports, verification tag and checksum before the chunks (RFC 9260 §3.1). */
export const packetHeaderLength = 12;

/** What can be wrong with a packet as a whole. */
export type PacketFault = "too-short" | "bad-checksum" | "wrong-port";

/** What is wrong with a packet before any chunk of it is looked at; `undefined` where nothing is. */
export function packetFault(
  bytes: Uint8Array,
  localPort: number,
  remotePort: number,
  mayOmitChecksum: boolean,
): PacketFault | undefined {
  if (bytes.length < packetHeaderLength + chunkHeaderLength) return "too-short";
  if (readU16(bytes, 0) !== remotePort || readU16(bytes, 2) !== localPort) return "wrong-port";
  const checksum = readChecksum(bytes, 0);
  if (checksum === 0 && mayOmitChecksum) return undefined;
  return checksum === packetChecksum(bytes, 0, bytes.length) ? undefined : "bad-checksum";
}

export function readTag(bytes: Uint8Array): number {
  return readU32(bytes, 4);
}

/** Puts the common header before the chunks that end at `end`; the checksum last, or zero (RFC 9653 §5.2). */
export function writePacketHeader(
  bytes: Uint8Array,
  at: number,
  end: number,
  localPort: number,
  remotePort: number,
  tag: number,
  withChecksum: boolean,
): void {
  writeU16(bytes, at, localPort);
  writeU16(bytes, at + 2, remotePort);
  writeU32(bytes, at + 4, tag);
  const checksum = withChecksum ? packetChecksum(bytes, at, end) : 0;
  bytes[at + 8] = checksum;
  bytes[at + 9] = checksum >>> 8;
  bytes[at + 10] = checksum >>> 16;
  bytes[at + 11] = checksum >>> 24;
}

/** The checksum is computed with its own field zero and sent lowest byte first (RFC 9260 §6.8, Appendix A). */
function packetChecksum(bytes: Uint8Array, from: number, to: number): number {
  const head = crc32c(bytes, from, from + 8);
  return crc32c(bytes, from + packetHeaderLength, to, crc32c(zeros, 0, 4, head));
}

const zeros = new Uint8Array(4);

function readChecksum(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at + 8] as number) |
      ((bytes[at + 9] as number) << 8) |
      ((bytes[at + 10] as number) << 16) |
      ((bytes[at + 11] as number) << 24)) >>>
    0
  );
}
