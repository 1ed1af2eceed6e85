import type { Instant } from "../wire/index.ts";

/** Holds failure back while the other side may still be heard of (RFC 8863 §4). */
export class Patience {
  #until: Instant | undefined;
  #isOver = false;

  /** When failure is no longer held back; `undefined` when nothing holds it back, or nothing fails. */
  get deadline(): Instant | undefined {
    return this.#until;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Holds failure back until an instant; `undefined` is until further notice. */
  wait(until: Instant | undefined): void {
    this.#until = until;
    this.#isOver = false;
  }

  run(now: Instant): void {
    if (this.#until === undefined || this.#until > now) return;
    this.#until = undefined;
    this.#isOver = true;
  }
}
