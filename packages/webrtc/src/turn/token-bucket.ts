import type { Instant } from "../wire/index.ts";

/** A rate in bytes a second with one second's worth of burst; without a rate everything passes. */
export class TokenBucket {
  #rate: number | undefined;
  #tokens: number;
  #filledAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(bytesPerSecond: number | undefined) {
    this.#rate = bytesPerSecond;
    this.#tokens = bytesPerSecond ?? 0;
  }

  /** Changes the rate from now on. */
  set rate(bytesPerSecond: number | undefined) {
    this.#rate = bytesPerSecond;
    this.#tokens = Math.min(this.#tokens, bytesPerSecond ?? 0);
  }

  /** Whether so many bytes may pass; if so, they are counted. */
  take(bytes: number, now: Instant): boolean {
    if (this.#rate === undefined) return true;
    const filled = this.#tokens + ((now - this.#filledAt) * this.#rate) / 1000;
    this.#tokens = Math.min(this.#rate, filled);
    this.#filledAt = now;
    if (this.#tokens < bytes) return false;
    this.#tokens -= bytes;
    return true;
  }
}
