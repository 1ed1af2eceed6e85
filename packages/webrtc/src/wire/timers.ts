import type { Instant } from "./machine.ts";

/** A machine's named timers. The names are a closed union, so their number is bounded by the type. */
export class Timers<Name extends string> {
  readonly #at = new Map<Name, Instant>();

  /** Starts a timer, or moves it when it runs already. */
  set(name: Name, at: Instant): void {
    this.#at.set(name, at);
  }

  clear(name: Name): void {
    this.#at.delete(name);
  }

  clearAll(): void {
    this.#at.clear();
  }

  at(name: Name): Instant | undefined {
    return this.#at.get(name);
  }

  /** The earliest of all timers. */
  get deadline(): Instant | undefined {
    let earliest: Instant | undefined;
    for (const at of this.#at.values()) {
      if (earliest === undefined || at < earliest) earliest = at;
    }
    return earliest;
  }

  /** Takes out the earliest timer that is due; call until it answers `undefined`. */
  expire(now: Instant): Name | undefined {
    let due: Name | undefined;
    let earliest = now;
    for (const [name, at] of this.#at) {
      if (at <= earliest && (due === undefined || at < earliest)) {
        due = name;
        earliest = at;
      }
    }
    if (due !== undefined) this.#at.delete(due);
    return due;
  }
}
