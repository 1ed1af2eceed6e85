import type { Instant } from "../wire/index.ts";
import type { Random } from "./random.ts";

/** How the wire between a host and its network treats datagrams, each direction by itself. */
export interface LinkOptions {
  /** One way, in milliseconds. */
  readonly delayMs?: number;
  /** Added to the delay, evenly from 0 up to this; datagrams may overtake each other by it. */
  readonly jitterMs?: number;
  /** Probability that a datagram is lost. */
  readonly loss?: number;
  /** Probability that a datagram arrives twice. */
  readonly duplication?: number;
  /** Bits per second; without it the wire has no bottleneck. */
  readonly rateBps?: number;
  /** What may wait before a bottleneck; more is dropped (default: 100 ms of the rate, at least 15,000 bytes). */
  readonly queueBytes?: number;
  /** The largest payload that fits; larger datagrams are dropped, as where ICMP is filtered. */
  readonly mtu?: number;
}

/** One direction of a wire: tells when, and how often, a datagram comes out at the other end. */
export class Link {
  options: LinkOptions;
  readonly #random: Random;
  #freeAt: Instant = 0;

  constructor(options: LinkOptions, random: Random) {
    this.options = options;
    this.#random = random;
  }

  /** The instants at which a datagram of `bytes` sent at `now` arrives; none where it is lost. */
  arrivals(bytes: number, now: Instant): readonly Instant[] {
    const { delayMs = 0, loss = 0, duplication = 0, mtu } = this.options;
    if (mtu !== undefined && bytes > mtu) return [];
    const sentAt = this.#pass(bytes, now);
    if (sentAt === undefined || this.#random.chance(loss)) return [];
    const first = sentAt + delayMs + this.#jitter();
    return this.#random.chance(duplication) ? [first, sentAt + delayMs + this.#jitter()] : [first];
  }

  /** When the last bit has left the bottleneck; `undefined` where its queue is full. */
  #pass(bytes: number, now: Instant): Instant | undefined {
    const { rateBps } = this.options;
    if (rateBps === undefined) return now;
    const { queueBytes = Math.max(15_000, rateBps / 80) } = this.options;
    const waitingBytes = (Math.max(0, this.#freeAt - now) * rateBps) / 8000;
    if (waitingBytes + bytes > queueBytes) return undefined;
    this.#freeAt = Math.max(this.#freeAt, now) + (bytes * 8000) / rateBps;
    return this.#freeAt;
  }

  #jitter(): number {
    const { jitterMs = 0 } = this.options;
    return jitterMs === 0 ? 0 : this.#random.unit() * jitterMs;
  }
}
