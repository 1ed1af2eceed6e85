/** How fast a bucket fills, and how much it holds. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A rate limiter: a full bucket allows a burst, after which it fills at a steady rate. */
export class TokenBucket {
  readonly #intervalMs: number;
  readonly #burst: number;
  /** When the bucket will be full again; each token that is taken moves it by an interval. */
  #fullAt: number;

  constructor(rate: Rate, now: number) {
    this.#intervalMs = 1000 / rate.perSecond;
    this.#burst = rate.burst;
    this.#fullAt = now;
  }

  /** Takes a token: 0 where there was one, else the milliseconds until there is. */
  take(now: number): number {
    const fullAt = Math.max(this.#fullAt, now) + this.#intervalMs;
    const waitMs = fullAt - now - this.#burst * this.#intervalMs;
    if (waitMs > ROUNDING_MS) return Math.ceil(waitMs - ROUNDING_MS);
    this.#fullAt = fullAt;
    return 0;
  }

  /** Whether the bucket remembers nothing that a new one would not know. */
  isFull(now: number): boolean {
    return this.#fullAt <= now;
  }
}

/** What sums of fractions may be off by. */
const ROUNDING_MS = 1e-6;
