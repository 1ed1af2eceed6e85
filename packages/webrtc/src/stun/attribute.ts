import {
  formatIp,
  fromUtf8,
  parseIp,
  readU16,
  readU32,
  type TransportAddress,
  toUtf8,
  writeU16,
  writeU32,
} from "../wire/index.ts";

/** One kind of STUN attribute: its number, and its value read from and written into a message. */
export interface Attribute<Value> {
  readonly type: number;
  /** The value in `length` bytes of `message` from `at`; `undefined` where they make no sense. */
  read(message: Uint8Array, at: number, length: number): Value | undefined;
  /** How many bytes `write` writes, before padding. */
  size(value: Value): number;
  /** Writes the value at `at` of a message whose header stands already. */
  write(message: Uint8Array, at: number, value: Value): void;
}

/** A transport address in clear (RFC 8489 §14.1). */
export function addressAttribute(type: number): Attribute<TransportAddress> {
  return {
    type,
    size: addressSize,
    read: (message, at, length) => readAddress(message, at, length),
    write: (message, at, address) => {
      const ip = ipBytes(address);
      writeU16(message, at, ip.length === 4 ? familyIpv4 : familyIpv6);
      writeU16(message, at + 2, address.port);
      message.set(ip, at + 4);
    },
  };
}

/** A transport address XORed with the cookie and the transaction id (RFC 8489 §14.2). */
export function xorAddressAttribute(type: number): Attribute<TransportAddress> {
  return {
    type,
    size: addressSize,
    read: (message, at, length) => readXorAddress(message, at, length),
    write: (message, at, address) => {
      const ip = ipBytes(address);
      writeU16(message, at, ip.length === 4 ? familyIpv4 : familyIpv6);
      writeU16(message, at + 2, address.port ^ readU16(message, 4));
      for (let i = 0; i < ip.length; i += 1) {
        message[at + 4 + i] = (ip[i] as number) ^ (message[4 + i] as number);
      }
    },
  };
}

/** A 32-bit number. */
export function u32Attribute(type: number): Attribute<number> {
  return {
    type,
    size: () => 4,
    read: (message, at, length) => (length === 4 ? readU32(message, at) : undefined),
    write: writeU32,
  };
}

/** A 16-bit number and two reserved bytes, as in RESPONSE-PORT and CHANNEL-NUMBER. */
export function u16Attribute(type: number): Attribute<number> {
  return {
    type,
    size: () => 4,
    read: (message, at, length) => (length === 4 ? readU16(message, at) : undefined),
    write: (message, at, value) => {
      writeU16(message, at, value);
      writeU16(message, at + 2, 0);
    },
  };
}

/** An 8-bit number and three reserved bytes, as in REQUESTED-TRANSPORT. */
export function u8Attribute(type: number): Attribute<number> {
  return {
    type,
    size: () => 4,
    read: (message, at, length) => (length === 4 ? message[at] : undefined),
    write: (message, at, value) => writeU32(message, at, (value & 0xff) * 0x100_0000),
  };
}

/** An attribute that says what it says by being there, as DONT-FRAGMENT and USE-CANDIDATE. */
export function flagAttribute(type: number): Attribute<true> {
  return {
    type,
    size: () => 0,
    read: (_message, _at, length) => (length === 0 ? true : undefined),
    write: () => undefined,
  };
}

/** Bytes within bounds; what is read is a view of the message, not a copy. */
export function bytesAttribute(type: number, minimum = 0, maximum = 0xffff): Attribute<Uint8Array> {
  return {
    type,
    size: (value) => value.length,
    read: (message, at, length) =>
      length < minimum || length > maximum ? undefined : message.subarray(at, at + length),
    write: (message, at, value) => message.set(value, at),
  };
}

/** UTF-8 text of at most `maximum` bytes. */
export function textAttribute(type: number, maximum: number): Attribute<string> {
  return {
    type,
    size: (value) => (isAscii(value) ? value.length : toUtf8(value).length),
    read: (message, at, length) => (length > maximum ? undefined : readText(message, at, length)),
    write: (message, at, value) => {
      if (isAscii(value)) {
        for (let i = 0; i < value.length; i += 1) message[at + i] = value.charCodeAt(i);
      } else message.set(toUtf8(value), at);
    },
  };
}

/** The address in an XOR-…-ADDRESS value (RFC 8489 §14.2). */
export function readXorAddress(
  message: Uint8Array,
  at: number,
  length: number,
): TransportAddress | undefined {
  const family = message[at + 1];
  const port = readU16(message, at + 2) ^ readU16(message, 4);
  if (length === 8 && family === familyIpv4) {
    const a = (message[at + 4] as number) ^ (message[4] as number);
    const b = (message[at + 5] as number) ^ (message[5] as number);
    const c = (message[at + 6] as number) ^ (message[6] as number);
    const d = (message[at + 7] as number) ^ (message[7] as number);
    return { ip: `${a}.${b}.${c}.${d}`, port };
  }
  if (length !== 20 || family !== familyIpv6) return undefined;
  const ip = new Uint8Array(16);
  for (let i = 0; i < 16; i += 1) {
    ip[i] = (message[at + 4 + i] as number) ^ (message[4 + i] as number);
  }
  return { ip: formatIp(ip), port };
}

/** Address families (RFC 8489 §14.1). */
const familyIpv4 = 0x01;
const familyIpv6 = 0x02;

function readAddress(
  message: Uint8Array,
  at: number,
  length: number,
): TransportAddress | undefined {
  const family = message[at + 1];
  const fits = (length === 8 && family === familyIpv4) || (length === 20 && family === familyIpv6);
  if (!fits) return undefined;
  return {
    ip: formatIp(message.subarray(at + 4, at + length)),
    port: readU16(message, at + 2),
  };
}

function addressSize(address: TransportAddress): number {
  return address.ip.includes(":") ? 20 : 8;
}

/** A text that is no address is the caller's mistake; it is written as the unspecified address. */
function ipBytes(address: TransportAddress): Uint8Array {
  return parseIp(address.ip) ?? new Uint8Array(address.ip.includes(":") ? 16 : 4);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

/** Most texts on the wire are short ASCII: no decoder is made for them. */
function readText(message: Uint8Array, at: number, length: number): string | undefined {
  let text = "";
  for (let i = at; i < at + length; i += 1) {
    const byte = message[i] as number;
    if (byte >= 0x80) return fromUtf8(message.subarray(at, at + length));
    text += String.fromCharCode(byte);
  }
  return text;
}
