import { padded } from "./chunk-type.ts";
import {
  dataFlag,
  dataHeaderLength,
  iDataHeaderLength,
  writeDataHeader,
  writeIDataHeader,
  writePayload,
} from "./data-chunk.ts";
import type { Flight } from "./flight.ts";
import type { PacketWriter } from "./packet-writer.ts";

/** Writes a chunk of the flight straight from its message; the packet is known to have room for it. */
export function writeChunk(
  writer: PacketWriter,
  flight: Flight,
  sequence: number,
  tsn: number,
  interleaving: boolean,
  moreFlags: number,
): void {
  const message = flight.message(sequence);
  const offset = flight.offset(sequence);
  const length = flight.length(sequence);
  const { bytes, at } = writer;
  const { streamId, order, ppid } = message;
  let flags = moreFlags;
  if (offset === 0) flags |= dataFlag.beginning;
  if (offset + length === message.bytes.length) flags |= dataFlag.end;
  if (message.unordered) flags |= dataFlag.unordered;
  if (interleaving) {
    const word = offset === 0 ? ppid : flight.fragment(sequence);
    writeIDataHeader(bytes, at, flags, length, tsn, streamId, order, word);
  } else writeDataHeader(bytes, at, flags, length, tsn, streamId, order, ppid);
  const header = interleaving ? iDataHeaderLength : dataHeaderLength;
  writePayload(bytes, at + header, message.bytes, offset, length);
  writer.at = at + padded(header + length);
}
