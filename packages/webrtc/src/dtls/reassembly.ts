import type { HandshakeFragment, HandshakeMessage } from "./handshake-message.ts";
import { withRange } from "./ranges.ts";

/** The longest message taken; certificate chains of the open web are below half of it. */
const maxMessageLength = 16 * 1024;

/** How many messages are collected at once; the longest flight has five. */
const maxMessages = 8;

/** How many separate pieces of a message may lie apart. */
const maxPieces = 64;

/** Why a fragment was not taken. */
export type ReassemblyFault = "message-too-long" | "message-too-early" | "contradictory-fragment";

/** What became of a fragment: taken, or of a message that was taken before, or at fault. */
export type FragmentFate = "taken" | "old" | ReassemblyFault;

interface PartialMessage {
  readonly type: number;
  readonly epoch: number;
  readonly body: Uint8Array;
  /** What has come, as sorted ranges that do not touch: start, end, start, end. */
  received: readonly number[];
}

/**
 * Puts messages together from fragments in any order, overlapping or not (RFC 6347 §4.2.3), and
 * hands them out in sequence. Holds at most eight messages of 16 KiB.
 */
export class Reassembly {
  #next = 0;
  readonly #partials = new Map<number, PartialMessage>();

  /** The message_seq that is handed out next. */
  get next(): number {
    return this.#next;
  }

  /** Goes on from a later message, as a server does behind a stateless cookie exchange. */
  startAt(sequence: number): void {
    this.#next = sequence;
    this.#partials.clear();
  }

  add(fragment: HandshakeFragment, epoch: number): FragmentFate {
    const { sequence, type, length, offset, bytes } = fragment;
    if (sequence < this.#next) return "old";
    if (sequence >= this.#next + maxMessages) return "message-too-early";
    if (length > maxMessageLength) return "message-too-long";
    let partial = this.#partials.get(sequence);
    // What came under keys is believed over what came in clear.
    if (partial === undefined || partial.epoch < epoch) {
      partial = { type, epoch, body: new Uint8Array(length), received: [] };
      this.#partials.set(sequence, partial);
    }
    if (partial.type !== type || partial.body.length !== length || partial.epoch !== epoch) {
      return "contradictory-fragment";
    }
    const received = withRange(partial.received, offset, offset + bytes.length);
    if (received.length > 2 * maxPieces) return "contradictory-fragment";
    partial.body.set(bytes, offset);
    partial.received = received;
    return "taken";
  }

  /** The next message, once it is whole. */
  take(): HandshakeMessage | undefined {
    const partial = this.#partials.get(this.#next);
    if (partial === undefined) return undefined;
    const { type, body, received } = partial;
    if (body.length > 0 && (received[0] !== 0 || received[1] !== body.length)) return undefined;
    const sequence = this.#next;
    this.#partials.delete(sequence);
    this.#next += 1;
    return { type, sequence, body };
  }
}
