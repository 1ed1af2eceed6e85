/**
 * What goes over the data channel (PEER-PROTOCOL.md): a part of a block, the hash that seals a block,
 * or the hash of the whole that ends a file.
 */
export type FrameKind = "part" | "seal" | "end";

export interface Frame {
  readonly kind: FrameKind;
  /** The transfer's number, given by its sender. */
  readonly transfer: number;
  /** The file's place in the transfer's list. */
  readonly file: number;
  readonly block: number;
  /** Where in the block a part belongs. */
  readonly offset: number;
  /** A part's bytes, or a hash of 32 bytes. */
  readonly payload: Uint8Array;
}

/** Header of 20 bytes, in network byte order, and the payload. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + frame.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, KINDS.indexOf(frame.kind));
  view.setUint32(4, frame.transfer);
  view.setUint32(8, frame.file);
  view.setUint32(12, frame.block);
  view.setUint32(16, frame.offset);
  bytes.set(frame.payload, HEADER_BYTES);
  return bytes;
}

/** The frame in a message; `undefined` where it is none. The payload is a view. */
export function decodeFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.length <= HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = KINDS[view.getUint32(0)];
  const payload = bytes.subarray(HEADER_BYTES);
  if (kind === undefined || (kind !== "part" && payload.length !== DIGEST_BYTES)) return undefined;
  return {
    kind,
    transfer: view.getUint32(4),
    file: view.getUint32(8),
    block: view.getUint32(12),
    offset: view.getUint32(16),
    payload,
  };
}

const KINDS: readonly FrameKind[] = ["part", "seal", "end"];

const HEADER_BYTES = 20;
const DIGEST_BYTES = 32;
