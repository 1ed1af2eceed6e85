import type { TurnLimits } from "./settings.ts";

/** Counts what each user holds, against the limits of a user and of all. */
export class Quotas {
  readonly #perUser = new Map<string, number>();
  #total = 0;

  /** Counts one more for this user, unless a limit is reached. */
  take(account: string, limits: Pick<TurnLimits, "allocations" | "allocationsPerUser">): boolean {
    const held = this.#perUser.get(account) ?? 0;
    if (this.#total >= limits.allocations || held >= limits.allocationsPerUser) return false;
    this.#total += 1;
    this.#perUser.set(account, held + 1);
    return true;
  }

  /** Gives one back. */
  release(account: string): void {
    const held = this.#perUser.get(account);
    if (held === undefined) return;
    this.#total -= 1;
    if (held > 1) this.#perUser.set(account, held - 1);
    else this.#perUser.delete(account);
  }

  /** How many users hold something. */
  get users(): number {
    return this.#perUser.size;
  }
}
