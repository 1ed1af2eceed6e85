/** The chunk types of an SCTP packet (RFC 9260 §3.2 and the registry it opens). */
export const CHUNK = {
  data: 0,
  init: 1,
  initAck: 2,
  sack: 3,
  heartbeat: 4,
  heartbeatAck: 5,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  error: 9,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
  /** RFC 8260 §2.1 */
  iData: 64,
  /** RFC 6525 §3.1 */
  reconfig: 130,
  /** RFC 4820 §3 */
  pad: 132,
  /** RFC 3758 §3.2 */
  forwardTsn: 192,
  /** RFC 8260 §2.3.1 */
  iForwardTsn: 194,
} as const;

/** Chunk type, flags and length before each chunk's value (RFC 9260 §3.2). */
export const chunkHeaderLength = 4;

/** Chunks and parameters start on four-byte boundaries (RFC 9260 §3.2). */
export function padded(length: number): number {
  return (length + 3) & ~3;
}

/** A whole chunk, padded, around `value` (RFC 9260 §3.2). */
export function encodeChunk(type: number, flags: number, value: Uint8Array): Uint8Array {
  const length = chunkHeaderLength + value.length;
  const chunk = new Uint8Array(padded(length));
  chunk[0] = type;
  chunk[1] = flags;
  chunk[2] = length >>> 8;
  chunk[3] = length;
  chunk.set(value, chunkHeaderLength);
  return chunk;
}
