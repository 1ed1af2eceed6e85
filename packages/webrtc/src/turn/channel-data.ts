import { type Decoded, decoded, fault, readU16, writeU16 } from "../wire/index.ts";

/** The channel number and the length before the data of a ChannelData message (RFC 8656 §12.4). */
export const channelHeaderLength = 4;
/** The first channel number (RFC 8656 §12). */
export const firstChannel = 0x4000;
/** The last channel number since RFC 8656 §12; the rest is reserved to tell protocols apart (RFC 7983). */
export const lastChannel = 0x4fff;
/** The last channel number for clients that follow RFC 5766 §11. */
export const lastChannelRfc5766 = 0x7ffe;

/** A ChannelData message; the data is a view of what was decoded. */
export interface ChannelData {
  readonly channel: number;
  readonly data: Uint8Array;
}

/** What can be wrong with a ChannelData message. */
export type ChannelDataFault = "truncated" | "not-channel-data";

/** Whether a message starts like ChannelData: its first two bits are 01 (RFC 8656 §12.4). */
export function isChannelData(firstByte: number): boolean {
  return firstByte >> 6 === 1;
}

/** Reads one ChannelData message; what follows the stated length is padding. */
export function decodeChannelData(bytes: Uint8Array): Decoded<ChannelData, ChannelDataFault> {
  if (bytes.length < channelHeaderLength) return fault("truncated");
  if (!isChannelData(bytes[0] as number)) return fault("not-channel-data");
  const end = channelHeaderLength + readU16(bytes, 2);
  if (end > bytes.length) return fault("truncated");
  return decoded({
    channel: readU16(bytes, 0),
    data: bytes.subarray(channelHeaderLength, end),
  });
}

/** Writes the four bytes before the data; the data stands behind them already. */
export function writeChannelHeader(
  bytes: Uint8Array,
  at: number,
  channel: number,
  length: number,
): void {
  writeU16(bytes, at, channel);
  writeU16(bytes, at + 2, length);
}

/** A whole ChannelData message; over a stream it is padded to four bytes (RFC 8656 §12.5). */
export function encodeChannelData(channel: number, data: Uint8Array, padded: boolean): Uint8Array {
  const length = channelHeaderLength + data.length;
  const bytes = new Uint8Array(padded ? paddedLength(length) : length);
  writeChannelHeader(bytes, 0, channel, data.length);
  bytes.set(data, channelHeaderLength);
  return bytes;
}

/** The next multiple of four. */
export function paddedLength(length: number): number {
  return (length + 3) & ~3;
}
