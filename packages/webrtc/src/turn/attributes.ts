import {
  type Attribute,
  baseAttributeTypes,
  bytesAttribute,
  ErrorCode,
  flagAttribute,
  type StunErrorCode,
  u8Attribute,
  u16Attribute,
  u32Attribute,
  xorAddressAttribute,
} from "../stun/index.ts";
import { readU16, readU32, type TransportAddress, writeU16, writeU32 } from "../wire/index.ts";

/** CHANNEL-NUMBER (RFC 8656 §18.1). */
export const ChannelNumber: Attribute<number> = u16Attribute(0x000c);

/** LIFETIME in seconds (RFC 8656 §18.2). */
export const Lifetime: Attribute<number> = u32Attribute(0x000d);

/** XOR-PEER-ADDRESS (RFC 8656 §18.3). */
export const XorPeerAddress: Attribute<TransportAddress> = xorAddressAttribute(0x0012);

/** DATA (RFC 8656 §18.4). */
export const Data: Attribute<Uint8Array> = bytesAttribute(0x0013);

/** XOR-RELAYED-ADDRESS (RFC 8656 §18.5). */
export const XorRelayedAddress: Attribute<TransportAddress> = xorAddressAttribute(0x0016);

/** REQUESTED-ADDRESS-FAMILY: 1 is IPv4, 2 is IPv6 (RFC 8656 §18.6). */
export const RequestedAddressFamily: Attribute<number> = u8Attribute(0x0017);

/** EVEN-PORT: whether the next higher port is to be reserved too, the R bit (RFC 8656 §18.7). */
export const EvenPort: Attribute<boolean> = {
  type: 0x0018,
  size: () => 1,
  read: (message, at, length) =>
    length === 1 ? ((message[at] as number) & 0x80) !== 0 : undefined,
  write: (message, at, reserve) => {
    message[at] = reserve ? 0x80 : 0;
  },
};

/** REQUESTED-TRANSPORT: an IP protocol number (RFC 8656 §18.8). */
export const RequestedTransport: Attribute<number> = u8Attribute(0x0019);

/** DONT-FRAGMENT (RFC 8656 §18.9). */
export const DontFragment: Attribute<true> = flagAttribute(0x001a);

/** RESERVATION-TOKEN (RFC 8656 §18.10). */
export const ReservationToken: Attribute<Uint8Array> = bytesAttribute(0x0022, 8, 8);

/** ADDITIONAL-ADDRESS-FAMILY: IPv6 beside the IPv4 relay (RFC 8656 §18.11). */
export const AdditionalAddressFamily: Attribute<number> = u8Attribute(0x8000);

/** The number that ADDITIONAL-ADDRESS-FAMILY has with coturn's clients; RFC 8656 gave it another one. */
export const CoturnAdditionalAddressFamily: Attribute<number> = u8Attribute(0x8032);

/** Why one family of a dual allocation was not given. */
export interface AddressError extends StunErrorCode {
  readonly family: number;
}

/** ADDRESS-ERROR-CODE (RFC 8656 §18.12). */
export const AddressErrorCode: Attribute<AddressError> = {
  type: 0x8001,
  size: (error) => ErrorCode.size(error),
  read: (message, at, length) => {
    const error = ErrorCode.read(message, at, length);
    return error && { family: message[at] as number, ...error };
  },
  write: (message, at, error) => {
    ErrorCode.write(message, at, error);
    message[at] = error.family;
  },
};

/** What an ICMP packet said about data that was relayed. */
export interface IcmpError {
  readonly type: number;
  readonly code: number;
  /** The rest of the ICMP header: the next-hop MTU for "too big". */
  readonly data: number;
}

/** ICMP (RFC 8656 §18.13). */
export const Icmp: Attribute<IcmpError> = {
  type: 0x8004,
  size: () => 8,
  read: (message, at, length) => {
    if (length !== 8) return undefined;
    const both = readU16(message, at + 2);
    return { type: both >> 8, code: both & 0xff, data: readU32(message, at + 4) };
  },
  write: (message, at, icmp) => {
    writeU16(message, at, 0);
    writeU16(message, at + 2, ((icmp.type & 0xff) << 8) | (icmp.code & 0xff));
    writeU32(message, at + 4, icmp.data);
  },
};

/** CONNECTION-ID (RFC 6062 §6.2.1). */
export const ConnectionId: Attribute<number> = u32Attribute(0x002a);

/** MOBILITY-TICKET; empty where the client asks for one (RFC 8016 §3.1.1). */
export const MobilityTicket: Attribute<Uint8Array> = bytesAttribute(0x8030);

/** The comprehension-required attributes that the server knows; others make a 420 (RFC 8489 §6.3.1). */
export const turnAttributeTypes: ReadonlySet<number> = new Set([
  ...baseAttributeTypes,
  ChannelNumber.type,
  Lifetime.type,
  XorPeerAddress.type,
  Data.type,
  XorRelayedAddress.type,
  RequestedAddressFamily.type,
  EvenPort.type,
  RequestedTransport.type,
  DontFragment.type,
  ReservationToken.type,
  ConnectionId.type,
]);
