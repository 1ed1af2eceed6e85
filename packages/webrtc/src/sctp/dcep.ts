import {
  type Decoded,
  decoded,
  fault,
  fromUtf8,
  readU16,
  readU32,
  toUtf8,
  writeU16,
  writeU32,
} from "../wire/index.ts";

/** What the first message on a channel says of it (RFC 8832 §5.1). */
export interface DataChannelOpen {
  readonly type: "open";
  readonly label: string;
  readonly protocol: string;
  readonly ordered: boolean;
  /** At most one of these two is given. */
  readonly maxRetransmits: number | undefined;
  readonly maxPacketLifeTime: number | undefined;
  readonly priority: number;
}

/** A message of the Data Channel Establishment Protocol (RFC 8832 §5). */
export type DcepMessage = DataChannelOpen | { readonly type: "ack" };

export type DcepFault = "unknown-dcep-message" | "bad-dcep-open";

/** A message with the payload protocol identifier for DCEP. */
export function decodeDcep(bytes: Uint8Array): Decoded<DcepMessage, DcepFault> {
  if (bytes[0] === MESSAGE.ack) return decoded({ type: "ack" });
  if (bytes[0] !== MESSAGE.open) return fault("unknown-dcep-message");
  if (bytes.length < openHeaderLength) return fault("bad-dcep-open");
  const channelType = bytes[1] as number;
  const reliability = channelType & ~unordered;
  const labelLength = readU16(bytes, 8);
  const end = openHeaderLength + labelLength + readU16(bytes, 10);
  if (end > bytes.length || reliability > RELIABILITY.timed) return fault("bad-dcep-open");
  const label = fromUtf8(bytes.subarray(openHeaderLength, openHeaderLength + labelLength));
  const protocol = fromUtf8(bytes.subarray(openHeaderLength + labelLength, end));
  if (label === undefined || protocol === undefined) return fault("bad-dcep-open");
  const parameter = readU32(bytes, 4);
  return decoded({
    type: "open",
    label,
    protocol,
    ordered: (channelType & unordered) === 0,
    maxRetransmits: reliability === RELIABILITY.retransmits ? parameter : undefined,
    maxPacketLifeTime: reliability === RELIABILITY.timed ? parameter : undefined,
    priority: readU16(bytes, 2),
  });
}

export function encodeDcep(message: DcepMessage): Uint8Array {
  if (message.type === "ack") return Uint8Array.of(MESSAGE.ack);
  const label = toUtf8(message.label);
  const protocol = toUtf8(message.protocol);
  const bytes = new Uint8Array(openHeaderLength + label.length + protocol.length);
  const { maxRetransmits, maxPacketLifeTime } = message;
  const reliability =
    maxRetransmits !== undefined
      ? RELIABILITY.retransmits
      : maxPacketLifeTime !== undefined
        ? RELIABILITY.timed
        : RELIABILITY.full;
  bytes[0] = MESSAGE.open;
  bytes[1] = reliability | (message.ordered ? 0 : unordered);
  writeU16(bytes, 2, message.priority);
  writeU32(bytes, 4, maxRetransmits ?? maxPacketLifeTime ?? 0);
  writeU16(bytes, 8, label.length);
  writeU16(bytes, 10, protocol.length);
  bytes.set(label, openHeaderLength);
  bytes.set(protocol, openHeaderLength + label.length);
  return bytes;
}

/** Payload protocol identifiers of data channels (RFC 8831 §8). */
export const PPID = {
  dcep: 50,
  text: 51,
  binary: 53,
  emptyText: 56,
  emptyBinary: 57,
} as const;

/** RFC 8832 §8.2.1 */
const MESSAGE = { ack: 2, open: 3 } as const;
/** Channel types, the order left out (RFC 8832 §8.2.2). */
const RELIABILITY = { full: 0, retransmits: 1, timed: 2 } as const;
const unordered = 0x80;
const openHeaderLength = 12;
