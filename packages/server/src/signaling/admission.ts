import { TokenBucket } from "@tincan/signaling";
import type { SignalingLimits } from "./signaling-limits.ts";

/** Counts by address what is asked of the server, and in all the connections that wait for a seat or have none. */
export class Admission {
  readonly #limits: SignalingLimits;
  readonly #open = new Map<string, Visitor>();
  /** Without a connection, but with joins that are not forgotten yet; in the order in which they left. */
  readonly #gone = new Map<string, Visitor>();
  #unseated = 0;
  #waiting = 0;

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
    if (!isForgotten(visitor, now)) this.#gone.set(address, visitor);
    this.#forget(now);
  }

  /** Counts a join: 0 where it may be, else the milliseconds until it may. */
  join(address: string, now: number): number {
    return this.#open.get(address)?.joins.take(now) ?? 0;
  }

  /** Counts a try at a password: 0 where it may be, else the milliseconds until it may. */
  tryPassword(address: string, now: number): number {
    return this.#open.get(address)?.passwords.take(now) ?? 0;
  }

  /** Counts a knock: 0 where it may be, else the milliseconds until it may, or why it may not at all. */
  knock(address: string, now: number): number | "too-many-knocks" {
    const visitor = this.#open.get(address);
    if (visitor === undefined) return 0;
    const { waitingPerAddress, waitingConnections } = this.#limits;
    if (visitor.waiting >= waitingPerAddress || this.#waiting >= waitingConnections) {
      return "too-many-knocks";
    }
    return visitor.knocks.take(now);
  }

  /** A connection without a seat waits at a locked room. */
  wait(address: string): void {
    this.#unseated -= 1;
    this.#count(address, 1);
  }

  /** A connection waits no longer, and has no seat yet. */
  unwait(address: string): void {
    this.#unseated += 1;
    this.#count(address, -1);
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
    const limits = this.#limits;
    const bucket = (perSecond: number, burst: number): TokenBucket =>
      new TokenBucket({ perSecond, burst }, now);
    return {
      connections: 0,
      waiting: 0,
      joins: bucket(limits.joinsPerSecond, limits.joinBurst),
      passwords: bucket(limits.passwordsPerSecond, limits.passwordBurst),
      knocks: bucket(limits.knocksPerSecond, limits.knockBurst),
    };
  }

  #count(address: string, waiting: number): void {
    this.#waiting += waiting;
    const visitor = this.#open.get(address);
    if (visitor !== undefined) visitor.waiting += waiting;
  }

  /** Lets go of addresses whose joins are long past, and of the oldest where there are too many. */
  #forget(now: number): void {
    for (const [address, visitor] of this.#gone) {
      if (!isForgotten(visitor, now) && this.#gone.size <= MAX_GONE) return;
      this.#gone.delete(address);
    }
  }
}

interface Visitor {
  connections: number;
  waiting: number;
  readonly joins: TokenBucket;
  readonly passwords: TokenBucket;
  readonly knocks: TokenBucket;
}

/** Whether nothing of what it did counts any more. */
function isForgotten({ joins, passwords, knocks }: Visitor, now: number): boolean {
  return joins.isFull(now) && passwords.isFull(now) && knocks.isFull(now);
}

/** So many addresses that left are remembered; an address takes some 400 bytes. */
const MAX_GONE = 16_384;
