import { FATE, type Flight } from "./flight.ts";
import { encodeForwardTsn, maxSkippedStreams, type SkippedStream } from "./forward-tsn-chunk.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";

/** Messages given up, and how far the peer may go on without them (RFC 3758 §3.5, RFC 8260 §2.3). */
export class Abandonment {
  readonly #flight: Flight;
  readonly #interleaving: boolean;
  /** Advanced.Peer.Ack.Point: the last chunk that the peer need not wait for. */
  #advanced = -1;
  readonly #skipped = new Map<number, SkippedStream>();

  constructor(flight: Flight, interleaving: boolean) {
    this.#flight = flight;
    this.#interleaving = interleaving;
  }

  /** All chunks of the message, those that arrived as well: a part of it is of no use. */
  abandon(message: OutgoingMessage): void {
    message.abandoned = true;
    const flight = this.#flight;
    for (
      let sequence = Math.max(message.firstSequence, flight.base);
      sequence < flight.next;
      sequence += 1
    ) {
      if (flight.message(sequence) === message) flight.settle(sequence, FATE.abandoned);
      else if (!this.#interleaving) break;
    }
  }

  /** Moves the point over abandoned chunks (RFC 3758 §3.5, C1 and C2); whether it moved. */
  advance(): boolean {
    const flight = this.#flight;
    if (this.#advanced < flight.base) {
      this.#advanced = flight.base - 1;
      this.#skipped.clear();
    }
    const before = this.#advanced;
    while (
      this.#advanced + 1 < flight.next &&
      flight.fate(this.#advanced + 1) === FATE.abandoned &&
      this.#skipped.size < maxSkippedStreams
    ) {
      this.#advanced += 1;
      this.#skip(flight.message(this.#advanced));
    }
    return this.#advanced > before;
  }

  /** The peer has still to be told of the point, as far as is known. */
  get isPending(): boolean {
    return this.#advanced >= this.#flight.base;
  }

  /** FORWARD TSN or I-FORWARD-TSN for where the point is now. */
  chunk(initialTsn: number): Uint8Array {
    const cumulativeTsn = (initialTsn + this.#advanced) >>> 0;
    return encodeForwardTsn(
      { cumulativeTsn, streams: [...this.#skipped.values()] },
      this.#interleaving,
    );
  }

  #skip({ streamId, unordered, order }: OutgoingMessage): void {
    // Unordered messages have no number to skip to, unless they may interleave (RFC 3758 §3.2).
    if (unordered && !this.#interleaving) return;
    this.#skipped.set(2 * streamId + (unordered ? 1 : 0), { streamId, unordered, order });
  }
}
