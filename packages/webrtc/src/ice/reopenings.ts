import type { Instant } from "../wire/index.ts";
import type { Pair } from "./pair.ts";

/** How long after its connection broke, or after the try before, a pair is tried again. */
const waitsMs: readonly number[] = [0, 1000, 2000, 4000, 8000];

/** A connection that has lived for so long may break as often again. */
const provenMs = 30_000;

interface Attempts {
  made: number;
  lastAt: Instant;
  /** When the next is due. */
  at: Instant | undefined;
}

/**
 * Which pairs over TCP are to be opened again, and when: those that were in use when their
 * connection broke, for who has opened it once can most likely open it again. The other side waits.
 */
export class Reopenings {
  readonly #attempts = new Map<Pair, Attempts>();

  /** Whether a check is to come that nothing but the clock holds back. */
  get isPending(): boolean {
    return this.deadline !== undefined;
  }

  get deadline(): Instant | undefined {
    let earliest: Instant | undefined;
    for (const { at } of this.#attempts.values()) {
      if (at !== undefined && at < (earliest ?? Number.POSITIVE_INFINITY)) earliest = at;
    }
    return earliest;
  }

  /** The connection of a pair is over, or could not be opened again; answers whether there is another try. */
  plan(pair: Pair, isInUse: boolean, now: Instant): boolean {
    const known = this.#attempts.get(pair);
    if (pair.local.tcpType !== "active" || (known === undefined && !isInUse)) return false;
    const isProven = known !== undefined && now - known.lastAt >= provenMs;
    const made = known === undefined || isProven ? 0 : known.made;
    const waitMs = waitsMs[made];
    if (waitMs === undefined) return false;
    this.#attempts.set(pair, { made: made + 1, lastAt: now + waitMs, at: now + waitMs });
    return true;
  }

  /** The pairs whose time has come. */
  take(now: Instant): readonly Pair[] {
    const due: Pair[] = [];
    for (const [pair, attempts] of this.#attempts) {
      if (attempts.at === undefined || attempts.at > now) continue;
      attempts.at = undefined;
      due.push(pair);
    }
    return due;
  }

  /** Another way was chosen: nothing is opened again. */
  cancel(): void {
    for (const attempts of this.#attempts.values()) attempts.at = undefined;
  }

  forget(isGone: (pair: Pair) => boolean): void {
    for (const pair of this.#attempts.keys()) if (isGone(pair)) this.#attempts.delete(pair);
  }
}
