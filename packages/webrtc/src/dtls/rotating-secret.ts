import type { Crypto, Instant } from "../wire/index.ts";

/** How long a secret is the newest; the one before it is still honoured. */
const rotationMs = 60_000;

const secretLength = 32;

/** A secret for what is honoured for a minute at least, and for two at most. */
export class RotatingSecret {
  readonly #crypto: Crypto;
  #newest: Uint8Array;
  #previous: Uint8Array;
  #rotatedAt: Instant | undefined;

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
    this.#newest = crypto.random(secretLength);
    this.#previous = this.#newest;
  }

  get newest(): Uint8Array {
    return this.#newest;
  }

  /** What something that is shown to us may have been made with. */
  get honoured(): readonly Uint8Array[] {
    return [this.#newest, this.#previous];
  }

  rotate(now: Instant): void {
    this.#rotatedAt ??= now;
    const age = now - this.#rotatedAt;
    if (age < rotationMs) return;
    const fresh = this.#crypto.random(secretLength);
    this.#previous = age < 2 * rotationMs ? this.#newest : fresh;
    this.#newest = fresh;
    this.#rotatedAt = now;
  }
}
