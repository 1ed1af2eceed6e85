import type { Instant } from "../wire/index.ts";

/**
 * Spreads packets over the round trip, so that a window does not leave as one burst into a short
 * queue. A bucket of credit fills at the pacing rate; a packet may leave while there is credit.
 */
export class Pacer {
  #credit = 0;
  #filledAt: Instant = 0;

  /** Whether a packet may leave now, at `rate` bytes per millisecond. */
  allows(rate: number, packetSize: number, now: Instant): boolean {
    if (!(rate < unpacedRate)) return true;
    const depth = Math.max(minBurstPackets * packetSize, rate * burstMs);
    this.#credit = Math.min(depth, this.#credit + rate * (now - this.#filledAt));
    this.#filledAt = now;
    return this.#credit > 0;
  }

  spend(bytes: number): void {
    this.#credit -= bytes;
  }

  /** When to come back after `allows` said no: with credit for a small burst, not for one packet. */
  nextAt(rate: number, packetSize: number, now: Instant): Instant {
    const wanted = Math.max(packetSize, rate * wakeMs);
    return now + Math.max((wanted - this.#credit) / rate, 0);
  }
}

const minBurstPackets = 10;
/** As long as a host's timer may come late. */
const burstMs = 5;
/** Waking more often than this costs more than the smoothness is worth. */
const wakeMs = 0.5;
/** 8 Gbit/s: no queue on the way is paced by this machine. */
const unpacedRate = 1_000_000;
