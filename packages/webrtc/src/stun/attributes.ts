import { fromUtf8, readU16, type TransportAddress, toUtf8, writeU16 } from "../wire/index.ts";
import {
  type Attribute,
  addressAttribute,
  bytesAttribute,
  textAttribute,
  xorAddressAttribute,
} from "./attribute.ts";
import { integritySha256Type, integrityType } from "./message.ts";

/** MAPPED-ADDRESS (RFC 8489 §14.1). */
export const MappedAddress: Attribute<TransportAddress> = addressAttribute(0x0001);

/** XOR-MAPPED-ADDRESS (RFC 8489 §14.2). */
export const XorMappedAddress: Attribute<TransportAddress> = xorAddressAttribute(0x0020);

/** USERNAME, at most 508 bytes (RFC 8489 §14.3). */
export const Username: Attribute<string> = textAttribute(0x0006, 508);

/** USERHASH: SHA-256 of name and realm (RFC 8489 §14.4). */
export const Userhash: Attribute<Uint8Array> = bytesAttribute(0x001e, 32, 32);

/** ERROR-CODE: 300 to 699 and a reason of at most 763 bytes (RFC 8489 §14.8). */
export const ErrorCode: Attribute<StunErrorCode> = {
  type: 0x0009,
  size: ({ reason }) => 4 + toUtf8(reason).length,
  read: (message, at, length) => {
    if (length < 4 || length > 4 + maxTextBytes) return undefined;
    const hundreds = (message[at + 2] as number) & 0x07;
    const rest = message[at + 3] as number;
    const reason = fromUtf8(message.subarray(at + 4, at + length));
    if (hundreds < 3 || hundreds > 6 || rest > 99 || reason === undefined) return undefined;
    return { code: hundreds * 100 + rest, reason };
  },
  write: (message, at, { code, reason }) => {
    writeU16(message, at, 0);
    message[at + 2] = Math.floor(code / 100);
    message[at + 3] = code % 100;
    message.set(toUtf8(reason), at + 4);
  },
};

/** What an ERROR-CODE says. */
export interface StunErrorCode {
  readonly code: number;
  readonly reason: string;
}

/** REALM, at most 763 bytes (RFC 8489 §14.9). */
export const Realm: Attribute<string> = textAttribute(0x0014, 763);

/** NONCE, at most 763 bytes (RFC 8489 §14.10). */
export const Nonce: Attribute<string> = textAttribute(0x0015, 763);

/** UNKNOWN-ATTRIBUTES: the types that a 420 is about (RFC 8489 §14.13). */
export const UnknownAttributes: Attribute<readonly number[]> = {
  type: 0x000a,
  size: (types) => 2 * types.length,
  read: (message, at, length) => {
    if (length % 2 !== 0) return undefined;
    return Array.from({ length: length / 2 }, (_, i) => readU16(message, at + 2 * i));
  },
  write: (message, at, types) => {
    for (const [i, type] of types.entries()) writeU16(message, at + 2 * i, type);
  },
};

/** SOFTWARE, at most 763 bytes (RFC 8489 §14.14). */
export const Software: Attribute<string> = textAttribute(0x8022, 763);

/** ALTERNATE-SERVER: where to try instead (RFC 8489 §14.15). */
export const AlternateServer: Attribute<TransportAddress> = addressAttribute(0x8023);

/** ALTERNATE-DOMAIN: the name that the alternate server's certificate shows (RFC 8489 §14.16). */
export const AlternateDomain: Attribute<string> = textAttribute(0x8003, 255);

/** A way to make a key from a password (RFC 8489 §18.5): MD5 is 1, SHA-256 is 2; others are unknown to us. */
export interface PasswordAlgorithmEntry {
  readonly algorithm: number;
  readonly parameters: Uint8Array;
}

/** PASSWORD-ALGORITHM: the one that the client chose (RFC 8489 §14.12). */
export const PasswordAlgorithm: Attribute<PasswordAlgorithmEntry> = {
  type: 0x001d,
  size: entrySize,
  read: (message, at, length) => {
    const entries = readEntries(message, at, length);
    return entries?.length === 1 ? entries[0] : undefined;
  },
  write: writeEntry,
};

/** PASSWORD-ALGORITHMS: those that the server offers, best first (RFC 8489 §14.11). */
export const PasswordAlgorithms: Attribute<readonly PasswordAlgorithmEntry[]> = {
  type: 0x8002,
  size: (entries) => entries.reduce((sum, entry) => sum + entrySize(entry), 0),
  read: readEntries,
  write: (message, at, entries) => {
    let next = at;
    for (const entry of entries) {
      writeEntry(message, next, entry);
      next += entrySize(entry);
    }
  },
};

/** The comprehension-required attributes of RFC 8489 itself: what each STUN usage knows at least. */
export const baseAttributeTypes: ReadonlySet<number> = new Set([
  MappedAddress.type,
  Username.type,
  integrityType,
  ErrorCode.type,
  UnknownAttributes.type,
  Realm.type,
  Nonce.type,
  integritySha256Type,
  PasswordAlgorithm.type,
  Userhash.type,
  XorMappedAddress.type,
]);

/** The longest text that "fewer than 128 characters" can be (RFC 8489 §14.8). */
const maxTextBytes = 763;

/** A list of algorithms is short; a longer one is made to cost time. */
const maxEntries = 16;

function entrySize(entry: PasswordAlgorithmEntry): number {
  return 4 + ((entry.parameters.length + 3) & ~3);
}

function writeEntry(message: Uint8Array, at: number, entry: PasswordAlgorithmEntry): void {
  message.fill(0, at, at + entrySize(entry));
  writeU16(message, at, entry.algorithm);
  writeU16(message, at + 2, entry.parameters.length);
  message.set(entry.parameters, at + 4);
}

function readEntries(
  message: Uint8Array,
  start: number,
  length: number,
): readonly PasswordAlgorithmEntry[] | undefined {
  const entries: PasswordAlgorithmEntry[] = [];
  const end = start + length;
  for (let at = start; at < end; ) {
    if (at + 4 > end || entries.length === maxEntries) return undefined;
    const size = readU16(message, at + 2);
    if (at + 4 + size > end) return undefined;
    entries.push({
      algorithm: readU16(message, at),
      parameters: message.subarray(at + 4, at + 4 + size),
    });
    at += 4 + ((size + 3) & ~3);
  }
  return entries;
}
