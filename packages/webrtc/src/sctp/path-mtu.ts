/**
 * The search for the largest packet that the path carries (RFC 8899 §5, with the chunks of RFC 8899
 * §6.2: HEARTBEAT and PAD). It starts at a size that every path carries, probes the largest at
 * once, and halves the interval after that.
 */
export class PathMtu {
  /** What packets may be sent with now. */
  size: number;
  readonly #base: number;
  readonly #max: number;
  #high: number;
  #candidate: number | undefined;
  #attempts = 0;

  constructor(base: number, max: number) {
    this.size = base;
    this.#base = base;
    this.#max = Math.max(base, max);
    this.#high = this.#max;
  }

  /** The size to probe with next; `undefined` where the search is over for now. */
  nextProbe(): number | undefined {
    if (this.#candidate !== undefined) {
      // MAX_PROBES without an answer: too large (RFC 8899 §5.1.2).
      if (this.#attempts >= maxProbes) {
        this.#high = this.#candidate - step;
        this.#candidate = undefined;
      }
    }
    if (this.#candidate === undefined) {
      this.#attempts = 0;
      if (this.#high - this.size < step) return undefined;
      const isFirst = this.#high === this.#max;
      this.#candidate = isFirst ? this.#max : (this.size + this.#high + step) >> 1;
      this.#candidate &= ~3;
    }
    this.#attempts += 1;
    return this.#candidate;
  }

  /** A probe of this size came through. */
  acknowledged(size: number): void {
    if (size > this.size && size <= this.#max) this.size = size;
    if (this.#candidate !== undefined && size >= this.#candidate) this.#candidate = undefined;
  }

  /** Full packets vanish: back to the base, and search anew later (RFC 8899 §4.3). */
  blackHole(): void {
    this.#high = this.size;
    this.size = this.#base;
    this.#candidate = undefined;
  }

  /** The path may have changed for the better (RFC 8899 §5.1.1: PMTU_RAISE_TIMER). */
  restart(): void {
    this.#high = this.#max;
    this.#candidate = undefined;
  }
}

/** MAX_PROBES (RFC 8899 §5.1.2). */
const maxProbes = 3;
/** An interval smaller than this is not worth a probe. */
const step = 16;
