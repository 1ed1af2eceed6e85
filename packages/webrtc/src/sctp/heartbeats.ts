import { type Crypto, type Instant, readU16, readU32, writeU16, writeU32 } from "../wire/index.ts";
import { CHUNK, encodeChunk } from "./chunk-type.ts";
import { encodeParameters } from "./parameters.ts";

/** Asks an idle path whether it still carries, and a busy one how large a packet may be (RFC 9260 §8.3). */
export class Heartbeats {
  readonly #nonce: number;
  #count = 0;
  #sentAt: Instant | undefined;
  /** Heartbeats in a row without an answer (RFC 9260 §8.2). */
  unanswered = 0;

  constructor(crypto: Crypto) {
    this.#nonce = readU32(crypto.random(4), 0);
  }

  /** The next HEARTBEAT of an idle path. */
  next(now: Instant): Uint8Array {
    if (this.#sentAt !== undefined) this.unanswered += 1;
    this.#sentAt = now;
    this.#count = (this.#count + 1) >>> 0;
    return this.#chunk(0, infoLength);
  }

  /**
   * What makes a packet of `size` bytes that is answered: a HEARTBEAT and a PAD (RFC 8899 §6.2.1) where
   * the peer has listed PAD among its extensions. Its type asks all others to pass over it (RFC 9260
   * §3.2), but not all do: werift 0.25 throws where nobody catches it. Those are sent a HEARTBEAT
   * that is as large itself; the answer is too, so that it finds the smaller of both directions.
   */
  probe(size: number, withPadding: boolean): Uint8Array {
    if (!withPadding) return this.#chunk(size, size - packetAndHeaders);
    const heartbeat = this.#chunk(size, infoLength);
    const pad = encodeChunk(CHUNK.pad, 0, new Uint8Array(size - packetAndPad - heartbeat.length));
    const both = new Uint8Array(heartbeat.length + pad.length);
    both.set(heartbeat, 0);
    both.set(pad, heartbeat.length);
    return both;
  }

  /** What a HEARTBEAT ACK at `bytes[at]` answers: a size that came through, or a round trip. */
  answered(
    bytes: Uint8Array,
    at: number,
    length: number,
    now: Instant,
  ): { readonly size?: number; readonly roundTripMs?: number } | undefined {
    const info = at + 8;
    if (length < 8 + infoLength || readU32(bytes, info) !== this.#nonce) return undefined;
    const size = readU16(bytes, info + 8);
    if (size > 0) return { size };
    if (this.#sentAt === undefined || readU32(bytes, info + 4) !== this.#count) return undefined;
    const roundTripMs = now - this.#sentAt;
    this.#sentAt = undefined;
    this.unanswered = 0;
    return { roundTripMs };
  }

  #chunk(size: number, length: number): Uint8Array {
    const value = new Uint8Array(length);
    writeU32(value, 0, this.#nonce);
    writeU32(value, 4, this.#count);
    writeU16(value, 8, size);
    return encodeChunk(CHUNK.heartbeat, 0, encodeParameters([{ type: heartbeatInfo, value }]));
  }
}

/** HEARTBEAT ACK: the information comes back as it was (RFC 9260 §3.3.6). */
export function answerHeartbeat(bytes: Uint8Array, at: number, length: number): Uint8Array {
  return encodeChunk(CHUNK.heartbeatAck, 0, bytes.subarray(at + 4, at + length));
}

/** RFC 9260 §3.3.5 */
const heartbeatInfo = 1;
const infoLength = 12;
const packetAndPad = 12 + 4;
/** The packet's header, the HEARTBEAT's, and that of its one parameter. */
const packetAndHeaders = 12 + 4 + 4;
