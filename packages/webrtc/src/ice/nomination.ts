import type { Instant } from "../wire/index.ts";
import type { Checklist } from "./checklist.ts";
import type { Pair } from "./pair.ts";

/** How long a better direct pair is waited for once one works. */
const directPatienceMs = 200;

/** How long a direct pair is waited for while only a relay works: several round trips and one lost check. */
const relayPatienceMs = 1500;

/**
 * When the controlling agent settles on a pair (RFC 8445 §8.1.1 leaves the criterion to it): at once
 * when nothing better can come, else after a while that depends on how good the best one is.
 */
export class Nomination {
  #firstValidAt: Instant | undefined;
  #deadline: Instant | undefined;
  #isMade = false;

  get deadline(): Instant | undefined {
    return this.#deadline;
  }

  handleValid(now: Instant): void {
    this.#firstValidAt ??= now;
  }

  handleNominated(): void {
    this.#isMade = true;
    this.#deadline = undefined;
  }

  /** The pair to nominate now. A nomination that fails is made again, for the best pair that is left. */
  choose(checklist: Checklist, now: Instant): Pair | undefined {
    this.#deadline = undefined;
    const isUnderWay = checklist.pairs.some(({ nominateOnSuccess }) => nominateOnSuccess);
    if (this.#isMade || isUnderWay || this.#firstValidAt === undefined) return undefined;
    const best = checklist.pairs.find(({ state, valid }) => state === "succeeded" && valid);
    if (best === undefined) return undefined;
    const mayImprove = checklist.pairs
      .slice(0, checklist.pairs.indexOf(best))
      .some(({ state }) => state !== "failed" && state !== "succeeded");
    const settlesAt = this.#firstValidAt + (best.isDirect ? directPatienceMs : relayPatienceMs);
    if (!mayImprove || settlesAt <= now) return best;
    this.#deadline = settlesAt;
    return undefined;
  }
}
