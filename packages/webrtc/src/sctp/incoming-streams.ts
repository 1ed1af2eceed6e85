import { distance16, distance32 } from "../wire/index.ts";

/** A whole message. Its bytes are an array buffer of their own. */
export interface IncomingMessage {
  readonly streamId: number;
  readonly ppid: number;
  readonly bytes: Uint8Array;
}

/** How many bytes an association holds for its peer, overhead included. */
export interface Ledger {
  held: number;
}

/** What a stored chunk or message is charged beyond its bytes, so that small ones cannot grow large. */
export const OVERHEAD = 64;

interface IncomingStream {
  /** The number that the next ordered message must have. */
  next: number;
  readonly waiting: Map<number, IncomingMessage>;
}

/** Puts whole messages in the order of their streams (RFC 9260 §6.6). */
export class IncomingStreams {
  readonly #streams = new Map<number, IncomingStream>();
  readonly #ledger: Ledger;
  readonly #deliver: (message: IncomingMessage) => void;
  /** Message identifiers have 32 bits, stream sequence numbers 16 (RFC 8260 §2.1). */
  readonly #distance: (a: number, b: number) => number;
  readonly #mask: number;
  #last: IncomingStream | undefined;
  #lastId = -1;

  constructor(interleaving: boolean, ledger: Ledger, deliver: (message: IncomingMessage) => void) {
    this.#ledger = ledger;
    this.#deliver = deliver;
    this.#distance = interleaving ? distance32 : distance16;
    this.#mask = interleaving ? 0xffff_ffff : 0xffff;
  }

  /** An ordered message is whole: it is handed on, or waits for those before it. */
  complete(order: number, message: IncomingMessage): void {
    const stream = this.#stream(message.streamId);
    if (order !== stream.next) {
      if (this.#distance(order, stream.next) < 0 || stream.waiting.has(order)) return;
      stream.waiting.set(order, message);
      this.#ledger.held += message.bytes.length + OVERHEAD;
      return;
    }
    this.#advance(stream);
    this.#deliver(message);
    this.#deliverNext(stream);
  }

  /** Messages up to `order` are not to be waited for; those that are here are handed on (RFC 3758 §3.6). */
  skip(streamId: number, order: number): void {
    const stream = this.#stream(streamId);
    if (this.#distance(order, stream.next) < 0) return;
    const ready = [...stream.waiting.keys()]
      .filter((waiting) => this.#distance(waiting, order) <= 0)
      .sort((a, b) => this.#distance(a, b));
    for (const waiting of ready) this.#deliverWaiting(stream, waiting);
    stream.next = ((order + 1) & this.#mask) >>> 0;
    this.#deliverNext(stream);
  }

  /** The peer starts to number these streams anew; none stand for all (RFC 6525 §5.2.2). */
  reset(streamIds: readonly number[]): void {
    for (const id of streamIds.length === 0 ? [...this.#streams.keys()] : streamIds) {
      const stream = this.#streams.get(id);
      if (stream === undefined) continue;
      for (const message of stream.waiting.values()) this.#release(message);
      this.#streams.delete(id);
    }
    this.#last = undefined;
    this.#lastId = -1;
  }

  #stream(id: number): IncomingStream {
    if (id === this.#lastId && this.#last !== undefined) return this.#last;
    let stream = this.#streams.get(id);
    if (stream === undefined) {
      stream = { next: 0, waiting: new Map() };
      this.#streams.set(id, stream);
    }
    this.#last = stream;
    this.#lastId = id;
    return stream;
  }

  #advance(stream: IncomingStream): void {
    stream.next = ((stream.next + 1) & this.#mask) >>> 0;
  }

  #deliverNext(stream: IncomingStream): void {
    while (stream.waiting.size > 0 && stream.waiting.has(stream.next)) {
      const order = stream.next;
      this.#advance(stream);
      this.#deliverWaiting(stream, order);
    }
  }

  #deliverWaiting(stream: IncomingStream, order: number): void {
    const message = stream.waiting.get(order) as IncomingMessage;
    stream.waiting.delete(order);
    this.#release(message);
    this.#deliver(message);
  }

  #release(message: IncomingMessage): void {
    this.#ledger.held -= message.bytes.length + OVERHEAD;
  }
}
