import type { Instant } from "../wire/index.ts";
import type { LocalCandidate, RemoteCandidate } from "./candidate.ts";

/** RFC 8445 §6.1.2.6 */
export type PairState = "frozen" | "waiting" | "in-progress" | "succeeded" | "failed";

/** Checks of a pair; what is repeated counts once. */
export interface PairCounters {
  requestsSent: number;
  requestsReceived: number;
  responsesSent: number;
  responsesReceived: number;
  consentRequestsSent: number;
  totalRttMs: number;
}

/** A way that may lead from here to there (RFC 8445 §6.1.2). */
export class Pair {
  readonly local: LocalCandidate;
  remote: RemoteCandidate;
  state: PairState = "frozen";
  /** A check from here with USE-CANDIDATE succeeded, or one from there arrived and the pair is valid. */
  isNominated = false;
  /** The check that validates this pair is to nominate it as well. */
  nominateOnSuccess = false;
  /** The valid pair that this pair's check produced (RFC 8445 §7.2.5.3.2); may be another one. */
  valid: Pair | undefined;
  /** When the last response came, on a valid pair. */
  lastResponseAt: Instant | undefined;
  /** Round-trip time of the last check that was answered. */
  rttMs: number | undefined;
  /** Counted for statistics (W3C webrtc-stats, RTCIceCandidatePairStats). */
  readonly counters: PairCounters = {
    requestsSent: 0,
    requestsReceived: 0,
    responsesSent: 0,
    responsesReceived: 0,
    consentRequestsSent: 0,
    totalRttMs: 0,
  };

  constructor(local: LocalCandidate, remote: RemoteCandidate) {
    this.local = local;
    this.remote = remote;
  }

  get foundation(): string {
    return `${this.local.foundation}:${this.remote.foundation}`;
  }

  /** A check that went over this pair was answered; how long that took is unknown where it was repeated. */
  answered(now: Instant, rttMs: number | undefined): void {
    this.lastResponseAt = now;
    this.counters.responsesReceived += 1;
    if (rttMs === undefined) return;
    this.rttMs = rttMs;
    this.counters.totalRttMs += rttMs;
  }

  /** Whether both ends are reached without anybody relaying. */
  get isDirect(): boolean {
    return this.local.type !== "relay" && this.remote.type !== "relay";
  }
}

/**
 * Compares two pairs, the one with the higher priority first (RFC 8445 §6.1.2.3). The formula,
 * 2^32 min(G,D) + 2 max(G,D) + (G>D), needs more bits than a double has, so its terms are compared in turn.
 */
export function comparePairs(a: Pair, b: Pair, isControlling: boolean): number {
  const [aLocal, aRemote] = [a.local.priority, a.remote.priority];
  const [bLocal, bRemote] = [b.local.priority, b.remote.priority];
  return (
    Math.min(bLocal, bRemote) - Math.min(aLocal, aRemote) ||
    Math.max(bLocal, bRemote) - Math.max(aLocal, aRemote) ||
    lastBit(bLocal, bRemote, isControlling) - lastBit(aLocal, aRemote, isControlling)
  );
}

function lastBit(local: number, remote: number, isControlling: boolean): number {
  return (isControlling ? local > remote : remote > local) ? 1 : 0;
}
