import {
  bindingMethod,
  ClientTransaction,
  checkShortTerm,
  ErrorCode,
  hasFingerprint,
  hasIntegrity,
  MessageWriter,
  type StunMessage,
  Username,
  udpRetransmission,
  XorMappedAddress,
} from "../stun/index.ts";
import {
  type Crypto,
  type Instant,
  sameAddress,
  type TransportAddress,
  toHex,
} from "../wire/index.ts";
import { Priority, UseCandidate } from "./attributes.ts";
import type { BaseId, LocalCandidate, RemoteCandidate } from "./candidate.ts";
import { Checklist } from "./checklist.ts";
import { type IceCredentials, keyOf } from "./credentials.ts";
import type { Foundations } from "./foundations.ts";
import { KnownCandidates, prflxPriority } from "./known-candidates.ts";
import { Pair } from "./pair.ts";
import { Reopenings } from "./reopenings.ts";
import type { IceRole, RoleKeeper } from "./role.ts";

/** What a generation of checks tells the agent, and sends through it. */
export interface ConnectivityListener {
  send(base: BaseId, remote: TransportAddress, bytes: Uint8Array, now: Instant): void;
  /** A check has succeeded over this pair. */
  valid(pair: Pair, now: Instant): void;
  /** The two agents agree on this pair. */
  nominated(pair: Pair, now: Instant): void;
}

/** What the checks of one generation are made with. */
export interface ConnectivityOptions {
  readonly crypto: Crypto;
  readonly roles: RoleKeeper;
  readonly foundations: Foundations;
  readonly local: IceCredentials;
  readonly isLite: boolean;
  /** The least time between the beginnings of two checks: Ta (RFC 8445 §14.2). */
  readonly paceMs: number;
}

interface Check {
  readonly pair: Pair;
  readonly transaction: ClientTransaction;
  readonly isNominating: boolean;
  readonly role: IceRole;
  readonly sentAt: Instant;
  /** Its pair was triggered meanwhile: no more retransmissions, but a late answer counts (RFC 8445 §7.3.1.4). */
  isCancelled: boolean;
  wasRepeated: boolean;
}

/** A request that came before the other side's description did (RFC 8445 §7.3). */
interface EarlyCheck {
  readonly base: BaseId;
  readonly from: TransportAddress;
  readonly priority: number;
  readonly isNominating: boolean;
}

/** What anybody can make us remember before we know whom we talk to. */
const maxEarlyChecks = 32;

/** One generation of connectivity checks: from one pair of credentials to the next restart (RFC 8445 §7). */
export class Connectivity {
  readonly local: IceCredentials;
  readonly checklist: Checklist = new Checklist();
  readonly #options: ConnectivityOptions;
  readonly #listener: ConnectivityListener;
  readonly #key: Uint8Array;
  readonly #known: KnownCandidates;
  readonly #checks = new Map<string, Check>();
  readonly #reopenings = new Reopenings();
  readonly #early: EarlyCheck[] = [];
  #remote: (IceCredentials & { readonly key: Uint8Array }) | undefined;
  #nextCheckAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(options: ConnectivityOptions, listener: ConnectivityListener) {
    this.#options = options;
    this.#listener = listener;
    this.local = options.local;
    this.#key = keyOf(options.local);
    this.#known = new KnownCandidates(options.foundations);
  }

  get remote(): IceCredentials | undefined {
    return this.#remote;
  }

  get localCandidates(): readonly LocalCandidate[] {
    return this.#known.locals;
  }

  get remoteCandidates(): readonly RemoteCandidate[] {
    return this.#known.remotes;
  }

  /** Whether checks are under way or to come. */
  get isBusy(): boolean {
    const isToCome = this.checklist.hasWork || this.#reopenings.isPending;
    return this.#runningChecks > 0 || (this.#remote !== undefined && isToCome);
  }

  get deadline(): Instant | undefined {
    let earliest = this.#reopenings.deadline;
    if (this.#canCheck && this.checklist.isReady) {
      earliest = Math.min(this.#nextCheckAt, earliest ?? Number.POSITIVE_INFINITY);
    }
    for (const { isCancelled, transaction } of this.#checks.values()) {
      const at = transaction.deadline;
      if (!isCancelled && at !== undefined && at < (earliest ?? Number.POSITIVE_INFINITY))
        earliest = at;
    }
    return earliest;
  }

  /** The other side's credentials; what came before them is looked at now. */
  setRemote(credentials: IceCredentials, now: Instant): void {
    this.#remote = { ...credentials, key: keyOf(credentials) };
    for (const early of this.#early.splice(0)) this.#handleCheck(early, now);
    this.run(now);
  }

  addLocal(candidate: LocalCandidate, now: Instant): void {
    this.#known.locals.push(candidate);
    for (const remote of this.#known.remotes)
      this.checklist.add(candidate, remote, this.#options.roles.isControlling);
    this.run(now);
  }

  addRemote(candidate: RemoteCandidate, now: Instant): void {
    // Active candidates all have one port, and nobody connects to it (RFC 6544 §6.2).
    if (candidate.tcpType === "active") return;
    const known = this.#known.findRemote(candidate);
    if (known !== undefined) {
      this.#adopt(known, candidate);
      return;
    }
    if (!this.#known.addRemote(candidate)) return;
    for (const local of this.#known.locals)
      this.checklist.add(local, candidate, this.#options.roles.isControlling);
    this.run(now);
  }

  /** Whether the other side may send from there: it has told the address, or a check has shown it. */
  knows(base: BaseId, from: TransportAddress): boolean {
    if (this.checklist.find(base, from) !== undefined) return true;
    return this.#early.some((early) => early.base === base && sameAddress(early.from, from));
  }

  /** A base is gone, and with it what was found through it. */
  removeBase(base: BaseId): void {
    this.#drop((pair) => pair.local.base === base);
    this.#known.removeBase(base);
  }

  /**
   * A connection is over or could not be opened: its pair leads nowhere (RFC 6544 §7.1). One that was
   * in use is opened again by the side that has opened it, some few times.
   */
  removeConnection(base: BaseId, remote: TransportAddress, isInUse: boolean, now: Instant): void {
    const broken = this.checklist.find(base, remote);
    if (broken !== undefined && this.#reopenings.plan(broken, isInUse, now)) {
      this.#fail(broken);
      broken.valid = undefined;
      for (const [id, { pair }] of this.#checks) if (pair === broken) this.#checks.delete(id);
    } else {
      this.#drop((pair) => pair === broken);
      this.#known.removeLearned(remote);
    }
    this.run(now);
  }

  #drop(isGone: (pair: Pair) => boolean): void {
    this.checklist.remove(isGone);
    this.#reopenings.forget(isGone);
    for (const [id, check] of this.#checks) if (isGone(check.pair)) this.#checks.delete(id);
  }

  /** The pair in use is lost: whichever worked before may work still, or, where another does, once more. */
  recheck(now: Instant): void {
    const { pairs } = this.checklist;
    if (!pairs.some(({ state }) => state === "succeeded")) return;
    for (const pair of pairs) if (pair.valid !== undefined) this.checklist.trigger(pair);
    this.run(now);
  }

  /** Checks a pair once more, to nominate it (RFC 8445 §8.1.1). */
  nominate(pair: Pair, now: Instant): void {
    pair.nominateOnSuccess = true;
    this.checklist.trigger(pair);
    this.run(now);
  }

  /** A pair was chosen: what can't be better is not looked at any more (RFC 8445 §8.1.2). */
  conclude(): void {
    this.#reopenings.cancel();
    for (const pair of this.checklist.pairs) {
      if (pair.state === "waiting" || pair.state === "frozen") pair.state = "failed";
    }
    for (const [id, check] of this.#checks) {
      if (check.pair.state !== "in-progress") continue;
      check.pair.state = "failed";
      this.#checks.delete(id);
    }
  }

  /** Begins the checks that are due, and repeats or gives up those that nobody answered. */
  run(now: Instant): void {
    for (const [id, check] of [...this.#checks]) this.#wake(id, check, now);
    for (const pair of this.#reopenings.take(now)) {
      if (pair.state === "failed") this.checklist.trigger(pair);
    }
    while (this.#canCheck && this.#nextCheckAt <= now) {
      const pair = this.checklist.next();
      if (pair === undefined) return;
      this.#nextCheckAt = now + this.#options.paceMs;
      this.#begin(pair, now);
    }
  }

  /** A Binding request of this generation, or `false` where it is none. */
  handleRequest(request: StunMessage, base: BaseId, from: TransportAddress, now: Instant): boolean {
    const { crypto, roles } = this.#options;
    const isMine = (name: string): boolean => name.startsWith(`${this.local.ufrag}:`);
    const verdict = checkShortTerm(request, crypto, (name) =>
      isMine(name) ? this.#key : undefined,
    );
    if (!verdict.ok || !hasFingerprint(request)) return false;
    const priority = request.value(Priority);
    if (priority === undefined) return false;
    // Step 1: settle the roles (§7.3.1.1).
    const settled = roles.settle(request);
    if (settled === "refuse") {
      this.#answer(
        base,
        from,
        this.#writer
          .beginResponse(request, "error")
          .add(ErrorCode, { code: 487, reason: "Role Conflict" }),
        now,
      );
      return true;
    }
    if (settled === "switched") this.checklist.resort(roles.isControlling);
    // Step 2: tell where the request came from (§7.3.1.2).
    this.#answer(
      base,
      from,
      this.#writer.beginResponse(request, "success").add(XorMappedAddress, from),
      now,
    );
    // Steps 3 to 5: learn the candidate, check the other way round, take a nomination (§7.3.1.3 to §7.3.1.5).
    const early = { base, from, priority, isNominating: request.has(UseCandidate) };
    if (this.#remote !== undefined) this.#handleCheck(early, now);
    else if (this.#early.length < maxEarlyChecks) this.#early.push(early);
    return true;
  }

  /** A response to one of the checks, or `false` where it is none. */
  handleResponse(
    response: StunMessage,
    base: BaseId,
    from: TransportAddress,
    now: Instant,
  ): boolean {
    const id = toHex(response.transactionId);
    const check = this.#checks.get(id);
    if (check === undefined) return false;
    check.transaction.receive(response.bytes, now);
    const output = check.transaction.poll();
    if (output?.type !== "event" || output.event.type !== "response") return true;
    this.#checks.delete(id);
    const { pair } = check;
    // A path on which answers come from elsewhere is not symmetric, and no use (§7.2.5.2.1).
    if (base !== pair.local.base || !sameAddress(from, pair.remote.address)) this.#fail(pair);
    else if (response.class === "success") this.#succeed(check, response, now);
    else if (response.value(ErrorCode)?.code === 487) this.#resolveConflict(check);
    else this.#fail(pair);
    this.run(now);
    return true;
  }

  get #canCheck(): boolean {
    return this.#remote !== undefined && !this.#options.isLite;
  }

  get #runningChecks(): number {
    let count = 0;
    for (const { isCancelled } of this.#checks.values()) if (!isCancelled) count += 1;
    return count;
  }

  get #writer(): MessageWriter {
    return new MessageWriter();
  }

  #answer(base: BaseId, to: TransportAddress, writer: MessageWriter, now: Instant): void {
    const bytes = writer.addIntegrity(this.#options.crypto, this.#key).addFingerprint().finish();
    this.#listener.send(base, to, bytes, now);
  }

  /** RFC 8445 §7.2.4 */
  #begin(pair: Pair, now: Instant): void {
    const remote = this.#remote;
    if (remote === undefined) return;
    const { crypto, roles } = this.#options;
    const isNominating = roles.isControlling && pair.nominateOnSuccess;
    const writer = this.#writer.begin(bindingMethod, "request", crypto.random(12));
    writer.add(Username, `${remote.ufrag}:${this.local.ufrag}`);
    writer.add(Priority, prflxPriority(pair.local));
    roles.write(writer);
    if (isNominating) writer.add(UseCandidate, true);
    const request = writer.addIntegrity(crypto, remote.key).addFingerprint().finish();
    // §14.3: the more checks share the wire, the more patience each has.
    const active = this.checklist.pairs.filter(
      ({ state }) => state === "waiting" || state === "in-progress",
    ).length;
    const rtoMs = Math.max(udpRetransmission.rtoMs, this.#options.paceMs * active);
    const transaction = new ClientTransaction(
      request,
      pair.local.transport === "udp" ? { ...udpRetransmission, rtoMs } : undefined,
      now,
      (response) => hasIntegrity(response, crypto, remote.key),
    );
    const check: Check = {
      pair,
      transaction,
      isNominating,
      role: roles.role,
      sentAt: now,
      isCancelled: false,
      wasRepeated: false,
    };
    this.#checks.set(toHex(request.subarray(8, 20)), check);
    pair.counters.requestsSent += 1;
    this.#send(check, now);
  }

  #wake(id: string, check: Check, now: Instant): void {
    if (check.transaction.deadline === undefined || check.transaction.deadline > now) return;
    check.wasRepeated = true;
    check.transaction.handleTimeout(now);
    if (check.isCancelled) {
      if (check.transaction.deadline === undefined) this.#checks.delete(id);
      while (check.transaction.poll() !== undefined);
    } else this.#send(check, now);
    if (check.transaction.deadline !== undefined) return;
    this.#checks.delete(id);
    if (check.isCancelled) return;
    this.#fail(check.pair);
    // A nomination that got lost on a way that works is worth another try.
    const answeredAt = check.pair.valid?.lastResponseAt ?? Number.NEGATIVE_INFINITY;
    if (check.isNominating && answeredAt > check.sentAt) check.pair.state = "succeeded";
  }

  #send(check: Check, now: Instant): void {
    const { local, remote } = check.pair;
    for (
      let output = check.transaction.poll();
      output !== undefined;
      output = check.transaction.poll()
    ) {
      if (output.type === "packet")
        this.#listener.send(local.base, remote.address, output.packet, now);
    }
  }

  #fail(pair: Pair): void {
    pair.state = "failed";
    pair.nominateOnSuccess = false;
  }

  #resolveConflict({ pair, role }: Check): void {
    if (this.#options.roles.yield(role)) this.checklist.resort(this.#options.roles.isControlling);
    this.checklist.trigger(pair);
  }

  /** RFC 8445 §7.2.5.3 */
  #succeed(check: Check, response: StunMessage, now: Instant): void {
    const { pair } = check;
    const mapped = response.value(XorMappedAddress);
    if (mapped === undefined) {
      this.#fail(pair);
      return;
    }
    // §7.2.5.3.1 and §7.2.5.3.2: the address that the other side saw may be a candidate of its own.
    const local = this.#known.localAt(pair.local, mapped);
    const isKnown =
      pair.valid !== undefined && sameAddress(pair.valid.local.address, local.address);
    const valid =
      isKnown && pair.valid
        ? pair.valid
        : local === pair.local
          ? pair
          : new Pair(local, pair.remote);
    pair.valid = valid;
    // A late answer to an earlier check leaves the one that nominates still to be made.
    const isToNominate = pair.nominateOnSuccess && this.#options.roles.isControlling;
    if (check.isNominating || !isToNominate) this.checklist.settle(pair);
    valid.state = "succeeded";
    valid.answered(now, check.wasRepeated ? undefined : now - check.sentAt);
    // §7.2.5.3.3
    this.checklist.unfreezeLike(pair);
    this.#listener.valid(valid, now);
    // §7.2.5.3.4
    if (check.isNominating || (pair.nominateOnSuccess && !this.#options.roles.isControlling)) {
      pair.nominateOnSuccess = false;
      valid.isNominated = true;
      this.#listener.nominated(valid, now);
    }
  }

  #handleCheck({ base, from, priority, isNominating }: EarlyCheck, now: Instant): void {
    const local = this.#known.atBase(base);
    if (local === undefined) return;
    // §7.3.1.3
    const remote = this.#known.remoteAt(from, local, priority);
    if (remote === undefined) return;
    const pair =
      this.checklist.find(base, from) ??
      this.checklist.addShown(local, remote, this.#options.roles.isControlling);
    if (pair === undefined) return;
    pair.counters.requestsReceived += 1;
    pair.counters.responsesSent += 1;
    if (this.#options.isLite) this.#acceptAsLite(pair, isNominating, now);
    else this.#checkBack(pair, isNominating, now);
  }

  /** RFC 8445 §7.3.1.4 and §7.3.1.5 */
  #checkBack(pair: Pair, isNominating: boolean, now: Instant): void {
    const isForUs = isNominating && !this.#options.roles.isControlling;
    if (pair.state === "succeeded" && pair.valid !== undefined) {
      if (!isForUs || pair.valid.isNominated) return;
      pair.valid.isNominated = true;
      this.#listener.nominated(pair.valid, now);
      return;
    }
    if (isForUs) pair.nominateOnSuccess = true;
    for (const check of this.#checks.values()) if (check.pair === pair) check.isCancelled = true;
    this.checklist.trigger(pair);
    this.run(now);
  }

  /** A lite agent makes no checks of its own: a request that arrives is proof enough (RFC 8445 §7.3.2, §8.2). */
  #acceptAsLite(pair: Pair, isNominating: boolean, now: Instant): void {
    const isNew = pair.valid === undefined;
    pair.state = "succeeded";
    pair.valid = pair;
    pair.lastResponseAt = now;
    if (isNew) this.#listener.valid(pair, now);
    if (!isNominating || pair.isNominated) return;
    pair.isNominated = true;
    this.#listener.nominated(pair, now);
  }

  /** Signaling names an address that a check had shown before: its candidate gets its proper type (RFC 8838 §11). */
  #adopt(known: RemoteCandidate, candidate: RemoteCandidate): void {
    if (known.type !== "prflx") return;
    this.#known.replace(known, candidate);
    for (const pair of this.checklist.pairs) {
      if (pair.remote === known) pair.remote = candidate;
      if (pair.valid?.remote === known) pair.valid.remote = candidate;
    }
    this.checklist.resort(this.#options.roles.isControlling);
  }
}
