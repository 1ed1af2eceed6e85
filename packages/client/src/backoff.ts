/** Waits that double from `firstMs` up to `mostMs`, each shortened by up to a third at random so that many clients do not come at once. */
export class Backoff {
  readonly #firstMs: number;
  readonly #mostMs: number;
  #attempts = 0;

  constructor(firstMs: number, mostMs: number) {
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
  }

  /** How many waits were taken since the last `reset`. */
  get attempts(): number {
    return this.#attempts;
  }

  /** The next wait in milliseconds. */
  next(): number {
    const wait = Math.min(this.#mostMs, this.#firstMs * 2 ** Math.min(this.#attempts, 30));
    this.#attempts += 1;
    return wait * (1 - Math.random() / 3);
  }

  reset(): void {
    this.#attempts = 0;
  }
}
