import { type Crypto, type Instant, parseIp, readU32 } from "../wire/index.ts";

/** How much may go to one source that has proved nothing. */
export interface SourceLimit {
  /** Answers a second in the long run. */
  readonly perSecond: number;
  /** Answers at once, after silence. */
  readonly burst: number;
}

/**
 * Token buckets per source address, in a table whose size never changes: a source is hashed, with a
 * secret seed, to one of its slots. Sources that meet in a slot share it, which costs some of them a
 * retransmission while an attack goes on, and nothing otherwise. IPv6 sources count by /64.
 */
export class SourceLimiter {
  readonly #limit: SourceLimit;
  readonly #seed: number;
  readonly #tokens: Float64Array;
  readonly #filledAt: Float64Array;

  constructor(limit: SourceLimit, crypto: Crypto, slots = 4096) {
    this.#limit = limit;
    this.#seed = readU32(crypto.random(4), 0);
    this.#tokens = new Float64Array(slots).fill(limit.burst);
    this.#filledAt = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY);
  }

  /** Whether one more answer may go to this source; if so, it is counted. */
  take(ip: string, now: Instant): boolean {
    const slot = this.#slotOf(ip);
    const since = now - (this.#filledAt[slot] as number);
    const filled = (this.#tokens[slot] as number) + (since * this.#limit.perSecond) / 1000;
    const tokens = Math.min(this.#limit.burst, filled);
    this.#filledAt[slot] = now;
    this.#tokens[slot] = tokens >= 1 ? tokens - 1 : tokens;
    return tokens >= 1;
  }

  /** FNV-1a over the address's bytes, started at the seed and mixed once more at its end. */
  #slotOf(ip: string): number {
    const bytes = parseIp(ip) ?? none;
    const length = Math.min(bytes.length, 8);
    let hash = 0x811c_9dc5 ^ this.#seed;
    for (let i = 0; i < length; i += 1) {
      hash = Math.imul(hash ^ (bytes[i] as number), 0x0100_0193);
    }
    hash = Math.imul(hash ^ (hash >>> 15), this.#seed | 1);
    return ((hash ^ (hash >>> 13)) >>> 0) % this.#tokens.length;
  }
}

const none: Uint8Array = new Uint8Array(0);
