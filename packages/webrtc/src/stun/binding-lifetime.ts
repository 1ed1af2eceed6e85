import type { BindingLifetime } from "./nat-report.ts";

/**
 * The search for the lifetime of a NAT binding (RFC 5780 §4.6): silences twice as long each time until
 * the binding is gone, then between the longest survived and the shortest not survived.
 */
export class BindingLifetimeSearch {
  readonly #maximumMs: number;
  #aliveMs = 0;
  #goneMs: number | undefined;
  #next: number | undefined;

  constructor(maximumMs: number) {
    this.#maximumMs = maximumMs;
    this.#next = Math.min(firstMs, maximumMs);
  }

  /** How long a silence to try next; `undefined` where the lifetime is known well enough. */
  get next(): number | undefined {
    return this.#next;
  }

  /** Takes in whether the binding was still there after `next` milliseconds. */
  take(isAlive: boolean): void {
    const tried = this.#next;
    if (tried === undefined) return;
    if (isAlive) this.#aliveMs = tried;
    else this.#goneMs = tried;
    this.#next = this.#choose();
  }

  get result(): BindingLifetime {
    return { atLeastMs: this.#aliveMs, belowMs: this.#goneMs };
  }

  #choose(): number | undefined {
    const alive = this.#aliveMs;
    if (this.#goneMs === undefined) {
      return alive >= this.#maximumMs ? undefined : Math.min(2 * alive, this.#maximumMs);
    }
    const gap = this.#goneMs - alive;
    return gap <= Math.max(leastGapMs, this.#goneMs / 10) ? undefined : alive + gap / 2;
  }
}

/** No NAT that carries calls at all forgets sooner than about this. */
const firstMs = 20_000;

/** Five seconds, or a tenth, are exact enough to choose how often to keep a binding alive. */
const leastGapMs = 5_000;
