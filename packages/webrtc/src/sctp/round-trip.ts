import type { Instant } from "../wire/index.ts";
import { WindowMinimum } from "./window-minimum.ts";

/**
 * Round trip times and the retransmission timeout (RFC 9260 §6.3.1).
 *
 * RTO.Initial is the standard's. RTO.Min and RTO.Max are 400 ms and 10 s in place of 1 s and 60 s:
 * a path between two people is either quick or gone, and one that comes back is to be found again
 * within seconds.
 */
export class RoundTrip {
  /** Smoothed; 0 before the first measurement. */
  srtt = 0;
  /** The shortest of the last ten to twenty seconds: what the path takes when no queue stands in it. */
  base: number = Number.POSITIVE_INFINITY;
  /** The shortest of the last few samples: what it takes now, jitter left out. */
  recent: number = Number.POSITIVE_INFINITY;
  /** The shortest of the last one or two round trips: a machine that was busy for a moment does not show in it. */
  lasting: number = Number.POSITIVE_INFINITY;
  rtoMs: number = rtoInitialMs;

  #variation = 0;
  readonly #ofEpoch = new WindowMinimum();
  readonly #ofRound = new WindowMinimum();
  readonly #last = new Float64Array(recentSamples).fill(Number.POSITIVE_INFINITY);
  #nextLast = 0;

  measure(sampleMs: number, now: Instant): void {
    // No longer than the longest RTO: else a clock that jumps would stretch pacing and timers for minutes.
    const rtt = Math.min(Math.max(sampleMs, clockGranularityMs), rtoMaxMs);
    if (this.srtt === 0) {
      this.srtt = rtt;
      this.#variation = rtt / 2;
    } else {
      this.#variation += (Math.abs(this.srtt - rtt) - this.#variation) * rtoBeta;
      this.srtt += (rtt - this.srtt) * rtoAlpha;
    }
    this.rtoMs = clamp(this.srtt + 4 * this.#variation);
    this.#remember(rtt, now);
  }

  /** After each expiry of a retransmission timer (RFC 9260 §6.3.3, E2). */
  backOff(): void {
    this.rtoMs = Math.min(2 * this.rtoMs, rtoMaxMs);
  }

  /** The timeout that the samples give, as if no timer had expired. */
  calm(): void {
    if (this.srtt > 0) this.rtoMs = clamp(this.srtt + 4 * this.#variation);
  }

  /** A queue long enough to tell from jitter stands in the path (thresholds of RFC 9406 §4.2). */
  get queued(): boolean {
    return this.#shows(this.recent);
  }

  /** Such a queue has been there for a whole round trip, as that of a full path has. */
  get queueLasts(): boolean {
    return this.#shows(this.lasting);
  }

  #shows(rtt: number): boolean {
    return rtt > this.base + queueThresholdMs(this.base);
  }

  #remember(rtt: number, now: Instant): void {
    this.#last[this.#nextLast] = rtt;
    this.#nextLast = (this.#nextLast + 1) % recentSamples;
    this.recent = Number.POSITIVE_INFINITY;
    for (const sample of this.#last) if (sample < this.recent) this.recent = sample;
    this.#ofRound.add(rtt, this.srtt, now);
    this.lasting = Math.min(this.#ofRound.value, this.recent);
    this.#ofEpoch.add(rtt, baseEpochMs, now);
    this.base = this.#ofEpoch.value;
  }
}

/** How much longer than the base a round trip is when a queue builds up (RFC 9406 §4.2). */
export function queueThresholdMs(base: number): number {
  return Math.max(4, Math.min(16, base / 8));
}

/** RTO.Initial (RFC 9260 §16). */
export const rtoInitialMs = 1000;
const rtoMinMs = 400;
export const rtoMaxMs = 10_000;

/** RTO.Alpha and RTO.Beta (RFC 9260 §16). */
const rtoAlpha = 1 / 8;
const rtoBeta = 1 / 4;

const clockGranularityMs = 0.01;
const recentSamples = 8;
const baseEpochMs = 10_000;

function clamp(rtoMs: number): number {
  return Math.max(rtoMinMs, Math.min(rtoMs, rtoMaxMs));
}
