import { TokenBucket } from "@tincan/signaling";
import type { SignalingLimits } from "./signaling-limits.ts";

/** Counts connections and joins by address, and connections without a seat in all. */
export class Admission {
  readonly #limits: SignalingLimits;
  readonly #open = new Map<string, Visitor>();
  /** Without a connection, but with joins that are not forgotten yet; in the order in which they left. */
  readonly #gone = new Map<string, Visitor>();
  #unseated = 0;

  constructor(limits: SignalingLimits) {
    this.#limits = limits;
  }

  /** How many addresses are remembered. */
  get addresses(): number {
    return this.#open.size + this.#gone.size;
  }

  /** Whether an address, or all together, have twice what they may have: too much even for a typed answer. */
  isExhausted(address: string): boolean {
    const connections = this.#open.get(address)?.connections ?? 0;
    return (
      connections >= 2 * this.#limits.connectionsPerAddress ||
      this.#unseated >= 2 * this.#limits.unseatedConnections
    );
  }

  /** Counts a new connection, and tells whether it may stay. */
  open(address: string, now: number): boolean {
    this.#forget(now);
    const visitor = this.#open.get(address) ?? this.#gone.get(address) ?? this.#welcome(now);
    this.#gone.delete(address);
    this.#open.set(address, visitor);
    visitor.connections += 1;
    this.#unseated += 1;
    return (
      visitor.connections <= this.#limits.connectionsPerAddress &&
      this.#unseated <= this.#limits.unseatedConnections
    );
  }

  /** A connection without a seat is gone; one that had a seat has left it first. */
  close(address: string, now: number): void {
    this.#unseated -= 1;
    const visitor = this.#open.get(address);
    if (visitor === undefined) return;
    visitor.connections -= 1;
    if (visitor.connections > 0) return;
    this.#open.delete(address);
    if (!visitor.joins.isFull(now)) this.#gone.set(address, visitor);
    this.#forget(now);
  }

  /** Counts a join: 0 where it may be, else the milliseconds until it may. */
  join(address: string, now: number): number {
    return this.#open.get(address)?.joins.take(now) ?? 0;
  }

  /** A connection took a seat. */
  seat(): void {
    this.#unseated -= 1;
  }

  /** A connection has no seat any more. */
  unseat(): void {
    this.#unseated += 1;
  }

  #welcome(now: number): Visitor {
    const rate = { perSecond: this.#limits.joinsPerSecond, burst: this.#limits.joinBurst };
    return { connections: 0, joins: new TokenBucket(rate, now) };
  }

  /** Lets go of addresses whose joins are long past, and of the oldest where there are too many. */
  #forget(now: number): void {
    for (const [address, { joins }] of this.#gone) {
      if (!joins.isFull(now) && this.#gone.size <= MAX_GONE) return;
      this.#gone.delete(address);
    }
  }
}

interface Visitor {
  connections: number;
  readonly joins: TokenBucket;
}

/** So many addresses that left are remembered; an address takes some 200 bytes. */
const MAX_GONE = 16_384;
