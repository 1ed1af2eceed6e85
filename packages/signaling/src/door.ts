import { equalInConstantTime } from "./constant-time.ts";
import { type KnockInfo, MAX_KNOCKS } from "./host-messages.ts";
import type { Refused } from "./messages.ts";
import { type Random, randomId } from "./random-id.ts";
import { refusal } from "./refusal.ts";
import { type Rate, TokenBucket } from "./token-bucket.ts";

/** How much a room takes from those who are not in it. */
export interface DoorLimits {
  /** How long one waits at most. */
  readonly knockMs: number;
  readonly knocks: Rate;
  readonly passwords: Rate;
}

/** PROTOCOL.md, Limits */
export const DOOR_LIMITS: DoorLimits = {
  knockMs: 300_000,
  knocks: { perSecond: 1, burst: 20 },
  passwords: { perSecond: 0.5, burst: 50 },
};

/** Who stands at the door, and with what. */
export interface Visitor {
  readonly connection: string;
  readonly name: string | undefined;
  /** What the server makes of the verifier that was shown. */
  readonly password: string | undefined;
  readonly knock: boolean;
}

/** One who waits. */
export interface Knock<Guest extends Visitor> {
  readonly id: string;
  readonly guest: Guest;
  readonly until: number;
}

/** Keeps a room: its lock, its password, who waits before it, and who was sent out. Tells nobody; the room does. */
export class Door<Guest extends Visitor> {
  isLocked = false;
  /** What the server makes of the right verifier. */
  password: string | undefined;
  readonly #random: Random;
  readonly #limits: DoorLimits;
  readonly #knocks = new Map<string, Knock<Guest>>();
  readonly #removed = new Set<string>();
  readonly #tries: TokenBucket;
  readonly #knocking: TokenBucket;

  constructor(random: Random, now: number, limits: DoorLimits = DOOR_LIMITS) {
    this.#random = random;
    this.#limits = limits;
    this.#tries = new TokenBucket(limits.passwords, now);
    this.#knocking = new TokenBucket(limits.knocks, now);
  }

  /** Those who wait, in the order in which they came. */
  get knocks(): readonly KnockInfo[] {
    return Array.from(this.#knocks.values(), ({ id, guest }) => ({ id, name: guest.name ?? "" }));
  }

  /** When the first of those who wait has waited for too long. */
  get deadline(): number | undefined {
    // All wait equally long, so that the first who came is the first to go.
    const [first] = this.#knocks.values();
    return first?.until;
  }

  /** What stands between a newcomer and a seat: a refusal, the lock, or nothing. */
  examine(guest: Guest, now: number): Refused | "locked" | undefined {
    if (this.password !== undefined) {
      if (guest.password === undefined) return refusal("password-needed");
      const waitMs = this.#tries.take(now);
      if (waitMs > 0) return refusal("rate-limited", waitMs);
      if (!equalInConstantTime(guest.password, this.password)) return refusal("wrong-password");
    }
    if (!this.isLocked) return undefined;
    return guest.knock ? "locked" : refusal("locked");
  }

  /** Somebody begins to wait. */
  knock(guest: Guest, now: number): { readonly type: "waiting"; withinMs: number } | Refused {
    if (this.#knocks.size >= MAX_KNOCKS) return refusal("too-many-knocks");
    const waitMs = this.#knocking.take(now);
    if (waitMs > 0) return refusal("rate-limited", waitMs);
    const id = randomId(8, this.#random);
    const withinMs = this.#limits.knockMs;
    this.#knocks.set(id, { id, guest, until: now + withinMs });
    return { type: "waiting", withinMs };
  }

  /** Whoever waits under an id. */
  at(id: string): Guest | undefined {
    return this.#knocks.get(id)?.guest;
  }

  /** Ends the waiting of those whom it concerns, and tells who they were. */
  take(isMeant: (knock: Knock<Guest>) => boolean): readonly Guest[] {
    const taken = [...this.#knocks.values()].filter(isMeant);
    for (const { id } of taken) this.#knocks.delete(id);
    return taken.map(({ guest }) => guest);
  }

  /** Remembers who was sent out; false where these were too many, and are forgotten. */
  remove(peer: string): boolean {
    if (this.#removed.size >= MAX_REMOVED) {
      this.#removed.clear();
      return false;
    }
    this.#removed.add(peer);
    return true;
  }

  isRemoved(peer: string): boolean {
    return this.#removed.has(peer);
  }
}

/** PROTOCOL.md, Removed */
const MAX_REMOVED = 64;
