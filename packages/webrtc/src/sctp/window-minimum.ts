import type { Instant } from "../wire/index.ts";

/** The least of the samples of the last one to two windows of time. */
export class WindowMinimum {
  value: number = Number.POSITIVE_INFINITY;
  #startedAt: Instant = 0;
  #now = Number.POSITIVE_INFINITY;
  #before = Number.POSITIVE_INFINITY;

  add(sample: number, windowMs: number, now: Instant): void {
    if (now - this.#startedAt > windowMs) {
      this.#before = this.#now;
      this.#now = sample;
      this.#startedAt = now;
    }
    this.#now = Math.min(this.#now, sample);
    this.value = Math.min(this.#now, this.#before);
  }
}
