import { headerLength } from "../stun/index.ts";
import { readU16 } from "../wire/index.ts";
import { channelHeaderLength, isChannelData, paddedLength } from "./channel-data.ts";

/** What ends a stream: bytes that start neither a STUN message nor ChannelData, or a message too long. */
export type StreamFault = "not-a-message" | "oversize";

/**
 * Cuts a byte stream into STUN and ChannelData messages (RFC 8656 §12.5). It holds at most one
 * unfinished message, and one longer than `limit` is a fault, so a stream's memory is bounded.
 */
export class StreamFramer {
  readonly #limit: number;
  #bytes: Uint8Array = empty;
  #start = 0;
  #end = 0;
  /** Whether `#bytes` is our own buffer, which may be written behind `#end`. */
  #isOwn = false;
  #fault: StreamFault | undefined;

  constructor(limit: number = headerLength + 0xffff) {
    this.#limit = limit;
  }

  /** Takes what came from the stream; then call `next` until it answers `undefined`. */
  push(bytes: Uint8Array): void {
    if (this.#fault !== undefined || bytes.length === 0) return;
    const held = this.#end - this.#start;
    if (held === 0) {
      // Nothing is left over: the messages are read where they arrived, without a copy.
      this.#hold(bytes, bytes.length, false);
      return;
    }
    if (!this.#isOwn || this.#end + bytes.length > this.#bytes.length) {
      // Doubling keeps a message that comes byte by byte from being copied for every byte.
      const larger = new Uint8Array(Math.max(2 * held, held + bytes.length));
      larger.set(this.#bytes.subarray(this.#start, this.#end));
      this.#hold(larger, held, true);
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The next whole message, ChannelData with its padding; `undefined` where more bytes are wanted. */
  next(): Uint8Array | undefined {
    const held = this.#end - this.#start;
    if (held < channelHeaderLength) return undefined;
    const length = this.#statedLength();
    if (length === undefined) return this.#fail("not-a-message");
    if (length > this.#limit) return this.#fail("oversize");
    if (length > held) return undefined;
    const message = this.#bytes.subarray(this.#start, this.#start + length);
    this.#start += length;
    return message;
  }

  /** What was received behind the last message: a stream may change its use (RFC 6062 §5.4). */
  takeRest(): Uint8Array {
    const rest = this.#bytes.subarray(this.#start, this.#end);
    this.#hold(empty, 0, false);
    return rest;
  }

  /** Why the stream cannot be read any further. */
  get fault(): StreamFault | undefined {
    return this.#fault;
  }

  #statedLength(): number | undefined {
    const first = this.#bytes[this.#start] as number;
    const stated = readU16(this.#bytes, this.#start + 2);
    if (isChannelData(first)) return paddedLength(channelHeaderLength + stated);
    return first < 0x40 && (stated & 3) === 0 ? headerLength + stated : undefined;
  }

  #hold(bytes: Uint8Array, length: number, isOwn: boolean): void {
    this.#bytes = bytes;
    this.#start = 0;
    this.#end = length;
    this.#isOwn = isOwn;
  }

  #fail(fault: StreamFault): undefined {
    this.#fault = fault;
    this.#hold(empty, 0, false);
  }
}

const empty: Uint8Array = new Uint8Array(0);
