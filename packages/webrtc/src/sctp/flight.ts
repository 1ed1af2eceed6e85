import type { Instant } from "../wire/index.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";

/** What has become of a chunk that was sent. */
export const FATE = { inFlight: 1, lost: 2, acked: 3, abandoned: 4 } as const;

/**
 * The chunks that were sent and are not yet acknowledged by the cumulative TSN: a ring of typed
 * arrays, one slot per chunk, so that a chunk costs no object.
 *
 * Chunks are known by their sequence: the TSN counted from zero and never wrapping.
 */
export class Flight {
  /** The first chunk that the cumulative TSN has not reached. */
  base = 0;
  /** The sequence of the chunk to be sent next. */
  next = 0;
  /** User bytes in chunks whose fate is `inFlight`. */
  bytes = 0;

  #mask = initialSlots - 1;
  #fate = new Uint8Array(initialSlots);
  #transmissions = new Uint8Array(initialSlots);
  #length = new Uint16Array(initialSlots);
  #offset = new Uint32Array(initialSlots);
  #fragment = new Uint32Array(initialSlots);
  #packet = new Float64Array(initialSlots);
  #sentAt = new Float64Array(initialSlots);
  /** At the first chunk of a gap block: how many after it are known to be acknowledged too. */
  #run = new Uint32Array(initialSlots);
  #message: (OutgoingMessage | undefined)[] = new Array(initialSlots).fill(undefined);

  get isEmpty(): boolean {
    return this.base === this.next;
  }

  /** A gap block cannot name a chunk further away than this (RFC 9260 §3.3.4). */
  get isFull(): boolean {
    return this.next - this.base >= maxOutstanding;
  }

  /** Enters a chunk that is being sent for the first time. */
  add(message: OutgoingMessage, length: number, packet: number, now: Instant): void {
    if (this.next - this.base > this.#mask) this.#grow();
    const slot = this.next & this.#mask;
    this.#fate[slot] = FATE.inFlight;
    this.#transmissions[slot] = 1;
    this.#length[slot] = length;
    this.#offset[slot] = message.sent;
    this.#fragment[slot] = message.fragments;
    this.#packet[slot] = packet;
    this.#sentAt[slot] = now;
    this.#run[slot] = 0;
    this.#message[slot] = message;
    this.bytes += length;
    this.next += 1;
  }

  /** The chunk is sent once more. */
  retransmit(sequence: number, packet: number, now: Instant): void {
    const slot = sequence & this.#mask;
    if (this.#fate[slot] !== FATE.inFlight) this.bytes += this.#length[slot] as number;
    this.#fate[slot] = FATE.inFlight;
    const transmissions = this.#transmissions[slot] as number;
    if (transmissions < 255) this.#transmissions[slot] = transmissions + 1;
    this.#packet[slot] = packet;
    this.#sentAt[slot] = now;
  }

  settle(sequence: number, fate: number): void {
    const slot = sequence & this.#mask;
    if (this.#fate[slot] === FATE.inFlight) this.bytes -= this.#length[slot] as number;
    this.#fate[slot] = fate;
  }

  /** The cumulative TSN has passed the first chunk; its slot and its hold on the message are free. */
  release(): void {
    const slot = this.base & this.#mask;
    if (this.#fate[slot] === FATE.inFlight) this.bytes -= this.#length[slot] as number;
    this.#fate[slot] = 0;
    this.#message[slot] = undefined;
    this.base += 1;
  }

  fate(sequence: number): number {
    return this.#fate[sequence & this.#mask] as number;
  }

  transmissions(sequence: number): number {
    return this.#transmissions[sequence & this.#mask] as number;
  }

  length(sequence: number): number {
    return this.#length[sequence & this.#mask] as number;
  }

  /** Where in its message the chunk starts. */
  offset(sequence: number): number {
    return this.#offset[sequence & this.#mask] as number;
  }

  fragment(sequence: number): number {
    return this.#fragment[sequence & this.#mask] as number;
  }

  /** The number of the packet that carried it last. */
  packet(sequence: number): number {
    return this.#packet[sequence & this.#mask] as number;
  }

  sentAt(sequence: number): Instant {
    return this.#sentAt[sequence & this.#mask] as number;
  }

  message(sequence: number): OutgoingMessage {
    return this.#message[sequence & this.#mask] as OutgoingMessage;
  }

  run(sequence: number): number {
    return this.#run[sequence & this.#mask] as number;
  }

  setRun(sequence: number, count: number): void {
    this.#run[sequence & this.#mask] = count;
  }

  #grow(): void {
    const old = this.#mask + 1;
    const slots = 2 * old;
    const order = (slot: number): number => {
      const sequence = this.base + ((slot - this.base) & this.#mask);
      return sequence & (slots - 1);
    };
    const moved = <A extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
      from: A,
      to: A,
    ): A => {
      for (let slot = 0; slot < old; slot += 1) to[order(slot)] = from[slot] as number;
      return to;
    };
    const messages: (OutgoingMessage | undefined)[] = new Array(slots).fill(undefined);
    for (let slot = 0; slot < old; slot += 1) messages[order(slot)] = this.#message[slot];
    this.#message = messages;
    this.#fate = moved(this.#fate, new Uint8Array(slots));
    this.#transmissions = moved(this.#transmissions, new Uint8Array(slots));
    this.#length = moved(this.#length, new Uint16Array(slots));
    this.#offset = moved(this.#offset, new Uint32Array(slots));
    this.#fragment = moved(this.#fragment, new Uint32Array(slots));
    this.#packet = moved(this.#packet, new Float64Array(slots));
    this.#sentAt = moved(this.#sentAt, new Float64Array(slots));
    this.#run = moved(this.#run, new Uint32Array(slots));
    this.#mask = slots - 1;
  }
}

const initialSlots = 32;
/** Gap blocks count in 16 bits from the cumulative TSN (RFC 9260 §3.3.4). */
const maxOutstanding = 0xffff;
