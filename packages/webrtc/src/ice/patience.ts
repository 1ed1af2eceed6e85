import { earliest, type Instant } from "../wire/index.ts";

/** Five times in a row nobody answered, at RTOs that begin with 500 ms (RFC 8489 §6.2.1). */
const unansweredMs = 15_500;

/** Holds failure back while the other side may still be heard of (RFC 8863 §4). */
export class Patience {
  #until: Instant | undefined;
  #isOver = false;
  #answerDueAt: Instant | undefined;
  #isStrained = false;

  /** When one of its answers changes; `undefined` when nothing is waited for. */
  get deadline(): Instant | undefined {
    return earliest(this.#until, this.#answerDueAt);
  }

  /** Whether failure is held back no longer. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the first check is unanswered for longer than lost packets explain. */
  get isStrained(): boolean {
    return this.#isStrained;
  }

  /** Checks have begun, and one of them is to be answered. */
  expectAnswer(now: Instant): void {
    this.#answerDueAt = now + unansweredMs;
  }

  /** Holds failure back until an instant, `undefined` until further notice; what was unanswered before counts no more. */
  wait(until: Instant | undefined): void {
    this.#until = until;
    this.#answerDueAt = undefined;
    this.#isStrained = false;
    this.#isOver = false;
  }

  run(now: Instant): void {
    if (this.#answerDueAt !== undefined && this.#answerDueAt <= now) {
      this.#answerDueAt = undefined;
      this.#isStrained = true;
    }
    if (this.#until === undefined || this.#until > now) return;
    this.#until = undefined;
    this.#isOver = true;
  }
}
