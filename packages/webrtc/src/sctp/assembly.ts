import { type Ledger, OVERHEAD } from "./incoming-streams.ts";

/** A fragment that came before those in front of it. */
export interface LooseFragment {
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

/** A message that grows at its end, fragment by fragment. */
export class Assembly {
  readonly streamId: number;
  readonly unordered: boolean;
  readonly order: number;
  readonly ppid: number;
  /** What the next fragment is known by: its place among all chunks, or its fragment sequence number. */
  next: number;
  #buffer: Uint8Array;
  #length = 0;
  readonly #ledger: Ledger;

  constructor(
    identity: {
      readonly streamId: number;
      readonly unordered: boolean;
      readonly order: number;
      readonly ppid: number;
      readonly next: number;
    },
    expectedLength: number,
    ledger: Ledger,
  ) {
    this.streamId = identity.streamId;
    this.unordered = identity.unordered;
    this.order = identity.order;
    this.ppid = identity.ppid;
    this.next = identity.next;
    this.#ledger = ledger;
    this.#buffer = new Uint8Array(expectedLength);
    ledger.held += expectedLength + OVERHEAD;
  }

  get length(): number {
    return this.#length;
  }

  append(source: Uint8Array, from: number, to: number): void {
    const length = this.#length + to - from;
    if (length > this.#buffer.length) this.#grow(Math.max(length, 2 * this.#buffer.length));
    this.#buffer.set(source.subarray(from, to), this.#length);
    this.#length = length;
    this.next += 1;
  }

  /** The whole message, in an array buffer of its own: the one that it grew in where the guess was right. */
  finish(): Uint8Array {
    this.discard();
    return this.#length === this.#buffer.length
      ? this.#buffer
      : this.#buffer.slice(0, this.#length);
  }

  discard(): void {
    this.#ledger.held -= this.#buffer.length + OVERHEAD;
  }

  #grow(capacity: number): void {
    const larger = new Uint8Array(capacity);
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#ledger.held += capacity - this.#buffer.length;
    this.#buffer = larger;
  }
}
