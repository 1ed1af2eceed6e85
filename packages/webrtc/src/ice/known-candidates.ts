import { sameAddress, type TransportAddress } from "../wire/index.ts";
import {
  type BaseId,
  candidatePriority,
  type LocalCandidate,
  type RemoteCandidate,
} from "./candidate.ts";
import type { Foundations } from "./foundations.ts";

/** What anybody can make us remember: candidates of the other side. */
export const remoteCandidateLimit = 200;

/** The candidates of both sides in one generation: those that were told, and those that checks have shown. */
export class KnownCandidates {
  readonly locals: LocalCandidate[] = [];
  readonly remotes: RemoteCandidate[] = [];
  readonly #foundations: Foundations;
  #learned = 0;

  constructor(foundations: Foundations) {
    this.#foundations = foundations;
  }

  /** Takes in what signaling tells, or answers `false` where there is no room for it. */
  addRemote(candidate: RemoteCandidate): boolean {
    if (this.remotes.length >= remoteCandidateLimit) return false;
    this.remotes.push(candidate);
    return true;
  }

  /** The candidate of an address that the other side has told or shown. */
  findRemote({
    transport,
    address: wanted,
  }: Pick<RemoteCandidate, "transport" | "address">): RemoteCandidate | undefined {
    return this.remotes.find(
      ({ address, transport: other }) => transport === other && sameAddress(address, wanted),
    );
  }

  /** Puts what signaling tells in the place of what a check had shown. */
  replace(known: RemoteCandidate, candidate: RemoteCandidate): void {
    this.remotes[this.remotes.indexOf(known)] = candidate;
  }

  /** A base is gone, and its candidates. */
  removeBase(base: BaseId): void {
    drop(this.locals, (candidate) => candidate.base === base);
  }

  /** A connection is over, and with it the candidate that it alone had shown. */
  removeLearned(address: TransportAddress): void {
    drop(
      this.remotes,
      (candidate) =>
        candidate.type === "prflx" &&
        candidate.transport === "tcp" &&
        sameAddress(candidate.address, address),
    );
  }

  /** The candidate that is reached at a base itself. */
  atBase(base: BaseId): LocalCandidate | undefined {
    return this.locals.find(
      (candidate) =>
        candidate.base === base && candidate.type !== "srflx" && candidate.type !== "prflx",
    );
  }

  /** The candidate at the address that the other side saw a check come from (RFC 8445 §7.2.5.3.1). */
  localAt(local: LocalCandidate, mapped: TransportAddress): LocalCandidate {
    if (sameAddress(local.address, mapped)) return local;
    const known = this.locals.find(
      ({ base, address }) => base === local.base && sameAddress(address, mapped),
    );
    if (known !== undefined) return known;
    const learned: LocalCandidate = {
      type: "prflx",
      transport: local.transport,
      ...(local.tcpType && { tcpType: local.tcpType }),
      address: mapped,
      priority: prflxPriority(local),
      foundation: this.#foundations.of("prflx", local.transport, local.address.ip),
      base: local.base,
      related: local.address,
    };
    // An active candidate has another address with each connection, none of which is met again.
    if (local.type !== "relay" && local.transport === "udp") this.locals.push(learned);
    return learned;
  }

  /** The candidate that a check came from; learned where it was not known and there is room (RFC 8445 §7.3.1.3). */
  remoteAt(
    from: TransportAddress,
    local: LocalCandidate,
    priority: number,
  ): RemoteCandidate | undefined {
    const known = this.findRemote({ transport: local.transport, address: from });
    if (known !== undefined || this.remotes.length >= remoteCandidateLimit) return known;
    this.#learned += 1;
    const learned: RemoteCandidate = {
      type: "prflx",
      transport: local.transport,
      ...(local.tcpType && { tcpType: oppositeTcpTypes[local.tcpType] }),
      address: from,
      priority,
      foundation: `prflx${this.#learned}`,
    };
    this.remotes.push(learned);
    return learned;
  }
}

/** Whom a TCP candidate is paired with (RFC 6544 §6.2). */
export const oppositeTcpTypes = { active: "passive", passive: "active", so: "so" } as const;

/** What a peer-reflexive candidate learned from a check would have (RFC 8445 §7.1.1). */
export function prflxPriority(local: LocalCandidate): number {
  const localPreference = (local.priority >>> 8) & 0xffff;
  return local.tcpType === undefined
    ? candidatePriority("prflx", localPreference)
    : candidatePriority("prflx", (localPreference & 0x1fff) << 3, local.tcpType);
}

function drop<Item>(items: Item[], isGone: (item: Item) => boolean): void {
  for (let i = items.length - 1; i >= 0; i -= 1) if (isGone(items[i] as Item)) items.splice(i, 1);
}
