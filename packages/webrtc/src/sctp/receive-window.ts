import type { Instant } from "../wire/index.ts";

/**
 * How much the peer may send ahead (RFC 9260 §6.2, a_rwnd). It starts small and doubles whenever
 * the peer uses half of it within a round trip, so that the window never limits a transfer and an
 * idle association promises little.
 */
export class ReceiveWindow {
  readonly #max: number;
  #size: number;
  #received = 0;
  #roundStart: Instant = 0;

  constructor(max: number) {
    this.#max = max;
    this.#size = Math.min(initialWindow, max);
  }

  /** What is advertised while nothing is held. */
  get size(): number {
    return this.#size;
  }

  received(bytes: number, roundTripMs: number, now: Instant): void {
    this.#received += bytes;
    if (this.#received > this.#size / 2) {
      this.#size = Math.min(2 * this.#size, this.#max);
      this.#received = 0;
      this.#roundStart = now;
    } else if (now - this.#roundStart > Math.max(roundTripMs, minRoundMs)) {
      this.#received = 0;
      this.#roundStart = now;
    }
  }
}

/** A hundred times the first flight; what usrsctp and dcsctp start with is of this order. */
const initialWindow = 1024 * 1024;
const minRoundMs = 5;
