import { sameAddress, type TransportAddress } from "../wire/index.ts";
import { type BaseId, canReach, type LocalCandidate, type RemoteCandidate } from "./candidate.ts";
import { comparePairs, Pair } from "./pair.ts";

/** The most pairs a checklist holds (RFC 8445 §6.1.2.5 recommends 100). */
const maxPairs = 100;

/** The pairs of one data stream, best first, and which of them is to be checked next (RFC 8445 §6.1.2). */
export class Checklist {
  #pairs: Pair[] = [];
  readonly #triggered: Pair[] = [];

  get pairs(): readonly Pair[] {
    return this.#pairs;
  }

  /** The pairs over which a check has come back. */
  get validPairs(): readonly Pair[] {
    const valid = new Set<Pair>();
    for (const pair of this.#pairs) if (pair.valid !== undefined) valid.add(pair.valid);
    return [...valid];
  }

  /**
   * Forms the pair of two candidates (RFC 8445 §6.1.2.2, RFC 6544 §6.2) where they can reach each other and it is
   * not redundant; a full list gives up its worst pair that no check has succeeded on.
   */
  add(local: LocalCandidate, remote: RemoteCandidate, isControlling: boolean): Pair | undefined {
    return matches(local, remote) ? this.addShown(local, remote, isControlling) : undefined;
  }

  /** As `add`, for a pair that a check has come over; it may be over a connection that only the other side can open. */
  addShown(
    local: LocalCandidate,
    remote: RemoteCandidate,
    isControlling: boolean,
  ): Pair | undefined {
    if (this.find(local.base, remote.address) !== undefined) return undefined;
    const pair = new Pair(local, remote);
    if (this.#pairs.length >= maxPairs && !this.#dropWorseThan(pair, isControlling))
      return undefined;
    const at = this.#pairs.findIndex((other) => comparePairs(pair, other, isControlling) < 0);
    this.#pairs.splice(at < 0 ? this.#pairs.length : at, 0, pair);
    this.#thaw(pair);
    return pair;
  }

  /** The pair whose checks leave from a base to an address: what RFC 8445 §6.1.2.4 calls redundant to it. */
  find(base: BaseId, remote: TransportAddress): Pair | undefined {
    return this.#pairs.find(
      (pair) => pair.local.base === base && sameAddress(pair.remote.address, remote),
    );
  }

  /** Sorts again after the role has changed, for the priorities have as well (RFC 8445 §7.3.1.1). */
  resort(isControlling: boolean): void {
    this.#pairs.sort((a, b) => comparePairs(a, b, isControlling));
  }

  /** Puts a pair into the triggered-check queue (RFC 8445 §7.3.1.4). */
  trigger(pair: Pair): void {
    pair.state = "waiting";
    if (!this.#triggered.includes(pair)) this.#triggered.push(pair);
  }

  /** A pair has its answer: a check that was to find it out is not needed any more. */
  settle(pair: Pair): void {
    pair.state = "succeeded";
    const at = this.#triggered.indexOf(pair);
    if (at >= 0) this.#triggered.splice(at, 1);
  }

  /** The next pair to check (RFC 8445 §6.1.4.2), by then in progress. */
  next(): Pair | undefined {
    const pair = this.#triggered.shift() ?? this.#firstWaiting() ?? this.#thawable();
    if (pair !== undefined) pair.state = "in-progress";
    return pair;
  }

  /** Whether a check could be begun now. */
  get isReady(): boolean {
    return this.#triggered.length > 0 || (this.#firstWaiting() ?? this.#thawable()) !== undefined;
  }

  /** Whether there are checks to begin, now or after others have ended. */
  get hasWork(): boolean {
    return this.#pairs.some(({ state }) => state === "waiting" || state === "frozen");
  }

  /** Pairs of the same foundation are likely to work as well (RFC 8445 §7.2.5.3.3). */
  unfreezeLike(succeeded: Pair): void {
    for (const pair of this.#pairs) {
      if (pair.state === "frozen" && pair.foundation === succeeded.foundation)
        pair.state = "waiting";
    }
  }

  /** Drops the pairs for which `isGone` holds. */
  remove(isGone: (pair: Pair) => boolean): void {
    this.#pairs = this.#pairs.filter((pair) => !isGone(pair));
    for (const pair of this.#triggered.splice(0)) if (!isGone(pair)) this.#triggered.push(pair);
  }

  /** A new pair waits if no other of its foundation is being looked at; else it is frozen (RFC 8838 §12). */
  #thaw(pair: Pair): void {
    const isTried = this.#pairs.some(
      (other) =>
        other !== pair &&
        other.foundation === pair.foundation &&
        (other.state === "waiting" || other.state === "in-progress"),
    );
    pair.state = isTried ? "frozen" : "waiting";
  }

  #firstWaiting(): Pair | undefined {
    return this.#pairs.find(({ state }) => state === "waiting");
  }

  /** The best frozen pair of a foundation that nobody is looking at (RFC 8445 §6.1.4.2). */
  #thawable(): Pair | undefined {
    return this.#pairs.find(
      (pair) =>
        pair.state === "frozen" &&
        !this.#pairs.some(
          (other) =>
            other.foundation === pair.foundation &&
            (other.state === "waiting" || other.state === "in-progress"),
        ),
    );
  }

  #dropWorseThan(pair: Pair, isControlling: boolean): boolean {
    let victim: Pair | undefined;
    for (const other of this.#pairs) {
      if (other.valid === undefined && other.state !== "in-progress") victim = other;
    }
    if (victim === undefined || comparePairs(pair, victim, isControlling) > 0) return false;
    this.remove((other) => other === victim);
    return true;
  }
}

function matches(local: LocalCandidate, remote: RemoteCandidate): boolean {
  if (local.transport !== remote.transport || !canReach(local.address, remote.address))
    return false;
  // A server-reflexive candidate sends from its base, whose own pair does the same (RFC 8445 §6.1.2.4).
  if (local.type === "srflx") return false;
  if (local.transport === "udp") return true;
  // The passive side waits for the connection, and checks over it then (RFC 6544 §6.2).
  return local.tcpType === "active" && remote.tcpType === "passive";
}
