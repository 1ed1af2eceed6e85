import { Fifo } from "./fifo.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";

/** One stream's backlog and numbering. */
interface OutgoingStream {
  readonly id: number;
  readonly backlog: Fifo<OutgoingMessage>;
  /** User bytes not yet put into a chunk. */
  buffered: number;
  lowThreshold: number;
  nextOrdered: number;
  nextUnordered: number;
  /** A reset waits for the backlog to run empty, or for its answer (RFC 6525 §5.1.2). */
  resetting: boolean;
}

/** What the streams tell while messages leave them. */
export interface OutgoingStreamsListener {
  /** The buffered amount fell to the threshold (W3C webrtc, bufferedAmountLowThreshold). */
  bufferedAmountLow(streamId: number): void;
  /** A stream that is to be reset has nothing left to send. */
  drained(streamId: number): void;
}

/**
 * The backlog of all streams and whose turn it is: round robin by message, and by fragment where
 * messages interleave (RFC 8260 §3.2). A turn costs the same however many streams and messages wait.
 */
export class OutgoingStreams {
  readonly #streams = new Map<number, OutgoingStream>();
  readonly #turns = new Fifo<OutgoingStream>();
  readonly #listener: OutgoingStreamsListener;
  /** User bytes of all streams not yet put into a chunk. */
  buffered = 0;

  constructor(listener: OutgoingStreamsListener) {
    this.#listener = listener;
  }

  get isEmpty(): boolean {
    return this.#turns.length === 0;
  }

  enqueue(message: OutgoingMessage): void {
    const stream = this.#stream(message.streamId);
    stream.backlog.push(message);
    if (message.counted) {
      stream.buffered += message.bytes.length;
      this.buffered += message.bytes.length;
    }
    if (stream.backlog.length === 1) this.#turns.push(stream);
  }

  /** The message whose turn it is. */
  get current(): OutgoingMessage | undefined {
    return this.#turns.first?.backlog.first;
  }

  /** Gives the current message its number on the stream, before its first chunk. */
  number(message: OutgoingMessage, interleaving: boolean): void {
    const stream = this.#stream(message.streamId);
    if (!message.unordered) {
      message.order = stream.nextOrdered;
      stream.nextOrdered = interleaving
        ? (stream.nextOrdered + 1) >>> 0
        : (stream.nextOrdered + 1) & 0xffff;
    } else if (interleaving) {
      message.order = stream.nextUnordered;
      stream.nextUnordered = (stream.nextUnordered + 1) >>> 0;
    }
  }

  /** `bytes` of the current message went into a chunk. */
  took(bytes: number, interleaving: boolean): void {
    const stream = this.#turns.first as OutgoingStream;
    const message = stream.backlog.first as OutgoingMessage;
    message.sent += bytes;
    message.fragments += 1;
    const finished = message.sent === message.bytes.length;
    if (finished) stream.backlog.shift();
    if (finished || interleaving) this.#nextTurn(stream);
    this.#release(stream, message.counted ? bytes : 0);
  }

  /** The rest of the current message is given up. */
  dropCurrent(): void {
    const stream = this.#turns.first as OutgoingStream;
    const message = stream.backlog.shift() as OutgoingMessage;
    this.#nextTurn(stream);
    this.#release(stream, message.counted ? message.bytes.length - message.sent : 0);
  }

  bufferedOn(streamId: number): number {
    return this.#streams.get(streamId)?.buffered ?? 0;
  }

  setLowThreshold(streamId: number, bytes: number): void {
    this.#stream(streamId).lowThreshold = bytes;
  }

  isResetting(streamId: number): boolean {
    return this.#streams.get(streamId)?.resetting ?? false;
  }

  /** No more messages; `drained` is told once the backlog has left, which may be now. */
  startReset(streamId: number): void {
    const stream = this.#stream(streamId);
    if (stream.resetting) return;
    stream.resetting = true;
    if (stream.backlog.length === 0) this.#listener.drained(streamId);
  }

  /** The peer has reset its side: numbering starts anew (RFC 6525 §5.2.7). */
  finishReset(streamId: number): void {
    this.#streams.delete(streamId);
  }

  /** The reset was refused: the stream goes on as it was. */
  cancelReset(streamId: number): void {
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) stream.resetting = false;
  }

  /** All is forgotten: the association has ended or started anew. */
  clear(): void {
    this.#streams.clear();
    this.#turns.clear();
    this.buffered = 0;
  }

  #stream(id: number): OutgoingStream {
    let stream = this.#streams.get(id);
    if (stream === undefined) {
      stream = {
        id,
        backlog: new Fifo(),
        buffered: 0,
        lowThreshold: 0,
        nextOrdered: 0,
        nextUnordered: 0,
        resetting: false,
      };
      this.#streams.set(id, stream);
    }
    return stream;
  }

  #nextTurn(stream: OutgoingStream): void {
    if (this.#turns.length > 1 || stream.backlog.length === 0) {
      this.#turns.shift();
      if (stream.backlog.length > 0) this.#turns.push(stream);
    }
  }

  #release(stream: OutgoingStream, bytes: number): void {
    const before = stream.buffered;
    stream.buffered -= bytes;
    this.buffered -= bytes;
    if (before > stream.lowThreshold && stream.buffered <= stream.lowThreshold) {
      this.#listener.bufferedAmountLow(stream.id);
    }
    if (stream.resetting && stream.backlog.length === 0) this.#listener.drained(stream.id);
  }
}
