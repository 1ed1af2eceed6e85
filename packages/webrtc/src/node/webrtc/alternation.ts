import type { Instant } from "../../wire/index.ts";

/** An answer within this time is worth staying awake for: being woken up takes a tenth of it. */
const soonMs = 1;
/** So many answers in a row that came soon make the next one expected; twice as many are remembered. */
const enough = 32;

/**
 * Tells whether to stay awake for an answer. Two sides that speak by turns, each at once when the other has spoken,
 * spend most of the time on being woken up by the system: who stays awake has the answer in half of the time.
 *
 * An answer is expected only where nearly all of them come soon, and waited for no longer than they take. So next to
 * nothing is spent on a stream in one direction, on a line that is long, or where the other side cannot answer since
 * this one keeps it from its core.
 */
export class Alternation {
  #askedAt: Instant | undefined;
  #trust = 0;

  /** This side has spoken. Whoever goes on speaking before the answer is there doesn't wait for one. */
  asked(now: Instant): void {
    if (this.#askedAt !== undefined) this.#trust = 0;
    this.#askedAt = now;
  }

  /** The other side has spoken. */
  answered(now: Instant): void {
    if (this.#askedAt !== undefined) this.#end(now - this.#askedAt <= soonMs);
  }

  /** Whether to stay awake now. */
  isAnswerDue(now: Instant): boolean {
    if (this.#askedAt === undefined || this.#trust < enough) return false;
    const isInTime = now - this.#askedAt <= soonMs;
    if (!isInTime) this.#end(false);
    return isInTime;
  }

  #end(wasSoon: boolean): void {
    this.#askedAt = undefined;
    this.#trust = wasSoon
      ? Math.min(this.#trust + 1, 2 * enough)
      : Math.max(this.#trust - enough, 0);
  }
}
