import { type CheckResult, good, warning } from "../check.ts";

/** How packets fared that went through the relay and came back. */
export interface LineSight {
  readonly rttMs: number;
  readonly jitterMs: number;
  /** 0 to 1. */
  readonly loss: number;
  readonly via: string;
}

/** Whether a line carries a conversation. */
export function checkLine({ rttMs, jitterMs, loss, via }: LineSight): CheckResult {
  const told = { loss: `${(loss * 100).toFixed(0)} %`, jitter: `${jitterMs.toFixed(0)} ms` };
  const facts = { rttMs: Math.round(rttMs), jitterMs: Math.round(jitterMs), loss: told.loss, via };
  const isRough = loss > MOST_LOSS || jitterMs > MOST_JITTER_MS;
  return isRough ? warning("line", "lossy-line", told, facts) : good("line", facts);
}

/** What Opus conceals with forward error correction, and what jitter buffers take without being noticed. */
const MOST_LOSS = 0.05;
const MOST_JITTER_MS = 100;

/** Bits per second that went out and came back over the same line at once, in each direction of the channel. */
export interface ThroughputSight {
  readonly there: number;
  readonly back: number;
  readonly via: string;
}

export function checkThroughput({ there, back, via }: ThroughputSight): CheckResult {
  const rate = megabits(Math.min(there, back));
  const facts = { there: megabits(there), back: megabits(back), via };
  return Math.min(there, back) < ENOUGH
    ? warning("throughput", "slow-line", { rate }, facts)
    : good("throughput", facts);
}

/** A small picture and a voice. */
const ENOUGH = 600_000;

function megabits(bitsPerSecond: number): string {
  return `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`;
}
