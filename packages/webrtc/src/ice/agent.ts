import { decodeMessage } from "../stun/index.ts";
import {
  earliest,
  type Instant,
  type Machine,
  type Output,
  Outputs,
  type TransportAddress,
} from "../wire/index.ts";
import type {
  CandidateError,
  GatheringState,
  IceEvent,
  IcePacket,
  IceState,
} from "./agent-event.ts";
import { defaultPaceMs, defaultPatienceMs, type IceAgentOptions } from "./agent-options.ts";
import { iceStateAt } from "./agent-state.ts";
import { type Base, hostCandidate } from "./base.ts";
import type { BaseId, LocalCandidate, RemoteCandidate } from "./candidate.ts";
import { Connectivity } from "./connectivity.ts";
import { type ConsentOptions, consentLifetimeMs } from "./consent.ts";
import { generateCredentials, type IceCredentials, sameCredentials } from "./credentials.ts";
import { Foundations } from "./foundations.ts";
import { Gatherer, type StunServerAddress } from "./gatherer.ts";
import { Generation } from "./generation.ts";
import { Generations } from "./generations.ts";
import { Nomination } from "./nomination.ts";
import type { Pair } from "./pair.ts";
import { Patience } from "./patience.ts";
import { Relays, type TurnServerAddress } from "./relays.ts";
import { type IceRole, RoleKeeper } from "./role.ts";
import { ServerErrors } from "./server-errors.ts";

/**
 * An ICE agent for one component of one data stream, which is all that a bundled WebRTC session has
 * (RFC 8445, with trickling as in RFC 8838). Bases come and go by `addBase` and `removeBase`; packets
 * carry the base that they belong to.
 */
export class IceAgent implements Machine<IcePacket, IceEvent> {
  #options: IceAgentOptions;
  readonly #roles: RoleKeeper;
  readonly #outputs = new Outputs<IcePacket, IceEvent>();
  readonly #bases = new Map<BaseId, Base>();
  readonly #paceMs: number;
  readonly #relays: Relays;
  #gatherer: Gatherer | undefined;
  #nomination: Nomination;
  readonly #generations: Generations;
  #state: IceState = "new";
  #gathering: GatheringState = "new";
  #selected: Pair | undefined;
  #holds = 0;
  readonly #patience = new Patience();
  readonly #foundations = new Foundations();
  readonly #errors = new ServerErrors((error) =>
    this.#outputs.event({ type: "candidate-error", error }),
  );

  constructor(options: IceAgentOptions) {
    this.#options = options;
    this.#paceMs = options.paceMs ?? defaultPaceMs;
    this.#roles = new RoleKeeper(options.role, options.crypto);
    this.#generations = new Generations(this.#begin(options.credentials));
    this.#nomination = new Nomination();
    this.#relays = new Relays(options.crypto, this.#foundations, {
      send: (base, remote, bytes) => this.#outputs.packet({ base, remote, bytes }),
      candidate: (candidate, now) => this.#addRelayed(candidate, now),
      errors: this.#errors,
      data: (base, remote, bytes, now) => this.#receiveFrom({ base, remote, bytes }, now),
      gone: (base, now) => this.#removeBase(base, now),
    });
  }

  get localCredentials(): IceCredentials {
    return this.#current.connectivity.local;
  }

  get remoteCredentials(): IceCredentials | undefined {
    return this.#current.connectivity.remote;
  }

  get role(): IceRole {
    return this.#roles.role;
  }

  get state(): IceState {
    return this.#state;
  }

  get gatheringState(): GatheringState {
    return this.#gathering;
  }

  get policy(): NonNullable<IceAgentOptions["policy"]> {
    return this.#options.policy ?? "all";
  }

  get localCandidates(): readonly LocalCandidate[] {
    return this.#current.connectivity.localCandidates;
  }

  get remoteCandidates(): readonly RemoteCandidate[] {
    return this.#current.connectivity.remoteCandidates;
  }

  get pairs(): readonly Pair[] {
    return this.#current.connectivity.checklist.pairs;
  }

  /** The pair that packets go over: where one sends to, and which base it is sent from. */
  get selectedPair(): Pair | undefined {
    return this.#selected;
  }

  get deadline(): Instant | undefined {
    if (this.#state === "closed" || this.#state === "failed") return undefined;
    return earliest(
      this.#gatherer?.deadline,
      this.#relays.deadline,
      this.#current.connectivity.deadline,
      this.#current.consent?.deadline,
      this.#generations.previous?.consent?.deadline,
      this.#nomination.deadline,
      this.#patience.deadline,
    );
  }

  /** A socket is there. Its candidates are told if gathering has begun, else with `gather`. */
  addBase(base: Base, now: Instant): void {
    this.#bases.set(base.id, base);
    if (this.#gathering !== "new") this.#gatherFrom(base, now);
    this.#update(now);
  }

  /** A socket is gone, with every candidate and pair of it. */
  removeBase(id: BaseId, now: Instant): void {
    this.#bases.delete(id);
    this.#gatherer?.removeBase(id);
    this.#relays.removeCarrier(id, now);
    this.#removeBase(id, now);
    this.#update(now);
  }

  /** A connection of a TCP base is over, or could not be opened. */
  removeConnection(id: BaseId, remote: TransportAddress, now: Instant): void {
    const users = this.#generations.all.filter((generation) => generation.goesOver(id, remote));
    for (const { connectivity } of this.#generations.all) {
      connectivity.removeConnection(id, remote, users.length > 0, now);
    }
    for (const generation of users) this.#lose(generation, now);
    this.#update(now);
  }

  /** A TCP or TLS connection to one of the TURN servers stands; its pieces come in and go out as packets. */
  addServerConnection(connection: Base, server: TurnServerAddress, now: Instant): void {
    if (this.#isOver) return;
    this.#relays.allocate(connection, server, now);
    this.#update(now);
  }

  /** Gathering is not complete before as many `releaseGathering`: names are looked up, connections opened. */
  holdGathering(): void {
    this.#holds += 1;
  }

  releaseGathering(now: Instant): void {
    this.#holds = Math.max(0, this.#holds - 1);
    this.#update(now);
  }

  /** A server could not even be asked. */
  failServer(error: CandidateError): void {
    if (!this.#isOver) this.#errors.add(error);
  }

  /** Whom to ask, and what to tell: from now on, and at once where gathering had nobody to ask. */
  setServers(
    wishes: Pick<IceAgentOptions, "stunServers" | "turnServers" | "policy">,
    now: Instant,
  ): void {
    this.#options = { ...this.#options, ...wishes };
    if (this.#gatherer === undefined || this.#isOver) return;
    this.#gatherer.servers = this.#stunServers;
    for (const base of this.#bases.values()) this.#askFrom(base, now);
    this.#update(now);
  }

  #removeBase(id: BaseId, now: Instant): void {
    for (const generation of this.#generations.all) {
      generation.connectivity.removeBase(id);
      if (generation.goesOver(id)) this.#lose(generation, now);
    }
  }

  /** Begins to look for candidates (RFC 8445 §5.1.1). */
  gather(now: Instant): void {
    if (this.#gathering !== "new" || this.#isOver) return;
    this.#errors.begin();
    this.#setGathering("gathering");
    this.#gatherer = new Gatherer(
      {
        crypto: this.#options.crypto,
        foundations: this.#foundations,
        servers: this.#stunServers,
        paceMs: this.#paceMs,
      },
      {
        send: (base, remote, bytes) => this.#send(base, remote, bytes, now),
        candidate: (candidate, at) => this.#addLocal(candidate, at),
        errors: this.#errors,
      },
    );
    for (const base of this.#bases.values()) this.#gatherFrom(base, now);
    this.#update(now);
  }

  /** The other side's credentials. Others than before are a restart of the other side (RFC 8445 §9). */
  setRemoteCredentials(credentials: IceCredentials, now: Instant): void {
    if (this.#isOver || sameCredentials(this.remoteCredentials, credentials)) return;
    this.#generations.settle();
    this.#patience.wait(now + (this.#options.patienceMs ?? defaultPatienceMs));
    this.#current.connectivity.setRemote(credentials, now);
    this.#update(now);
  }

  addRemoteCandidate(candidate: RemoteCandidate, now: Instant): void {
    if (this.#isOver) return;
    if (candidate.transport === "udp") this.#relays.permit(candidate.address, now);
    this.#current.connectivity.addRemote(candidate, now);
    this.#update(now);
  }

  /** The other side has told all its candidates (RFC 8838 §8.2). */
  endRemoteCandidates(now: Instant): void {
    this.#current.hasAllRemotes = true;
    this.#update(now);
  }

  /** Who controls, as the offer and the answer say it; a conflict settles itself. */
  setRole(role: IceRole): void {
    this.#roles.take(role);
  }

  /**
   * Fresh credentials and checks (RFC 8445 §9). Packets go on over the old pair until a new one is found;
   * candidates are gathered again by `gather`.
   */
  restart(now: Instant, credentials?: IceCredentials): void {
    if (this.#state === "closed") return;
    this.#generations.restart(this.#begin(credentials));
    this.#beginChecks(now);
  }

  /** The restart has led to another peer: nothing goes to the one before or comes from it any more. */
  leavePrevious(now: Instant): void {
    if (this.#selected === this.#generations.previous?.consent?.pair) this.#selected = undefined;
    this.#generations.forgetPrevious();
    this.#update(now);
  }

  /** All begins anew: of what there was with the other side nothing stays but sockets and relays. */
  reset(now: Instant, credentials?: IceCredentials): void {
    if (this.#state === "closed") return;
    this.#generations.reset(this.#begin(credentials));
    this.#selected = undefined;
    this.#setState("new");
    this.#beginChecks(now);
  }

  #beginChecks(now: Instant): void {
    this.#nomination = new Nomination();
    this.#patience.wait(undefined);
    this.#gatherer = undefined;
    this.#gathering = "new";
    if (this.#state === "failed") this.#setState("new");
    this.#update(now);
  }

  /** Forgets what was gathered ahead and told to nobody; `gather` begins anew. */
  discardGathered(): void {
    this.#generations.current = this.#begin(this.localCredentials);
    this.#gatherer = undefined;
    this.#gathering = "new";
  }

  /** Takes a restart back that the other side has not answered, as a rollback does (RFC 9429 §4.1.10.2). */
  cancelRestart(now: Instant): void {
    if (this.#isOver || !this.#generations.cancelRestart()) return;
    this.#nomination = new Nomination();
    if (this.#current.consent?.pair.isNominated) this.#nomination.handleNominated();
    this.#gatherer = undefined;
    this.#setGathering("complete");
    this.#update(now);
  }

  close(now: Instant): void {
    this.#relays.release(now);
    this.#selected = undefined;
    this.#setState("closed");
  }

  /** Sends a packet of the session over the selected pair; without one it is dropped, as a network would. */
  send(bytes: Uint8Array, now: Instant): void {
    const pair = this.#selected;
    if (pair !== undefined) this.#send(pair.local.base, pair.remote.address, bytes, now);
  }

  receive(packet: IcePacket, now: Instant): void {
    if (this.#state === "closed") return;
    const { base, remote, bytes } = packet;
    if (this.#relays.receive(base, remote, bytes, now)) this.#update(now);
    else this.#receiveFrom(packet, now);
  }

  #receiveFrom({ base, remote, bytes }: IcePacket, now: Instant): void {
    // RFC 7983 §7: STUN has 0 to 3 in its first byte.
    if ((bytes[0] ?? 0) > 3) {
      if (this.#generations.knows(base, remote)) this.#outputs.event({ type: "data", bytes });
      return;
    }
    const message = decodeMessage(bytes);
    if (!message.ok) return;
    const { value } = message;
    if (value.class === "request") {
      this.#generations.all.some(({ connectivity }) =>
        connectivity.handleRequest(value, base, remote, now),
      );
    } else if (value.class !== "indication") {
      const isHandled =
        this.#gatherer?.receive(bytes, base, remote, now) ||
        this.#generations.all.some((one) => one.handleResponse(value, base, remote, now));
      if (!isHandled) return;
    }
    this.#update(now);
  }

  handleTimeout(now: Instant): void {
    if (this.#isOver) return;
    this.#gatherer?.run(now);
    this.#relays.run(now);
    this.#current.connectivity.run(now);
    for (const { consent } of this.#generations.all) consent?.run(now);
    this.#update(now);
  }

  poll(): Output<IcePacket, IceEvent> | undefined {
    return this.#outputs.poll();
  }

  get #stunServers(): readonly StunServerAddress[] {
    const { stunServers = [], policy } = this.#options;
    return policy === "relay" ? [] : stunServers;
  }

  get #isOver(): boolean {
    return this.#state === "closed" || this.#state === "failed";
  }

  get #current(): Generation {
    return this.#generations.current;
  }

  #begin(local?: IceCredentials): Generation {
    const { crypto, isLite = false } = this.#options;
    const generation: Generation = new Generation(
      new Connectivity(
        {
          crypto,
          roles: this.#roles,
          foundations: this.#foundations,
          local: local ?? generateCredentials(crypto),
          isLite,
          paceMs: this.#paceMs,
        },
        {
          send: (base, remote, bytes, now) => this.#send(base, remote, bytes, now),
          valid: (pair, now) => this.#handleValid(generation, pair, now),
          nominated: (pair, now) => this.#handleNominated(generation, pair, now),
        },
      ),
    );
    return generation;
  }

  #send(base: BaseId, remote: TransportAddress, bytes: Uint8Array, now: Instant): void {
    if (base < 0) this.#relays.send(base, remote, bytes, now);
    else this.#outputs.packet({ base, remote, bytes });
  }

  /** What was told before of the other side may send to the new address as well. */
  #addRelayed(candidate: LocalCandidate, now: Instant): void {
    for (const { address } of this.remoteCandidates) this.#relays.permit(address, now);
    this.#addLocal(candidate, now);
  }

  #gatherFrom(base: Base, now: Instant): void {
    if (this.#options.policy !== "relay")
      this.#addLocal(hostCandidate(base, this.#foundations), now);
    this.#askFrom(base, now);
  }

  /** Servers are asked over UDP, or over connections of their own. */
  #askFrom(base: Base, now: Instant): void {
    if (base.tcpType !== undefined) return;
    this.#gatherer?.gather(base, now);
    for (const server of this.#options.turnServers ?? []) {
      if (server.transport === "udp") this.#relays.allocate(base, server, now);
    }
  }

  #addLocal(candidate: LocalCandidate, now: Instant): void {
    this.#outputs.event({ type: "candidate", candidate });
    this.#current.connectivity.addLocal(candidate, now);
  }

  /** Packets may go over the first pair that works; which pair stays is settled by nomination (RFC 8445 §12.1.1). */
  #handleValid(generation: Generation, pair: Pair, now: Instant): void {
    if (generation !== this.#current) return;
    this.#nomination.handleValid(now);
    const inUse = generation.consent?.pair;
    if (!inUse || (pair.isNominated && !inUse.isNominated)) this.#select(generation, pair, now);
  }

  #handleNominated(generation: Generation, pair: Pair, now: Instant): void {
    if (generation !== this.#current) return;
    this.#nomination.handleNominated();
    if (generation.consent?.pair !== pair) this.#select(generation, pair, now);
    generation.connectivity.conclude();
  }

  #select(generation: Generation, pair: Pair, now: Instant): void {
    const { crypto } = this.#options;
    const send: ConsentOptions["send"] = (...args) => this.#send(...args);
    if (!generation.use(pair, { crypto, roles: this.#roles, send }, now)) return;
    this.#generations.retirePrevious();
    this.#selected = pair;
    this.#relays.bindChannel(pair.local.base, pair.remote.address, now);
    this.#outputs.event({ type: "selected", pair });
  }

  /** Settles what follows from everything that may have happened. */
  #update(now: Instant): void {
    if (this.#isOver) return;
    const isAllAsked = this.#holds === 0 && this.#relays.isDone;
    if (this.#gathering === "gathering" && this.#gatherer?.isDone && isAllAsked) {
      this.#errors.settle([...this.#stunServers, ...(this.#options.turnServers ?? [])]);
      this.#setGathering("complete");
    }
    this.#nominate(now);
    this.#expireConsent(now);
    this.#patience.run(now);
    const state = iceStateAt(now, {
      state: this.#state,
      generations: this.#generations,
      gathering: this.#gathering,
      patience: this.#patience,
      isLite: this.#options.isLite ?? false,
    });
    if (state === "checking" && this.#state === "new") this.#patience.expectAnswer(now);
    this.#setState(state);
    if (this.#state === "failed") this.#selected = undefined;
  }

  #nominate(now: Instant): void {
    if (!this.#roles.isControlling || this.#options.isLite) return;
    const { connectivity } = this.#current;
    const pair = this.#nomination.choose(connectivity.checklist, now);
    if (pair !== undefined) connectivity.nominate(pair, now);
  }

  /** Without consent nothing is sent any more (RFC 7675 §5.1). */
  #expireConsent(now: Instant): void {
    for (const generation of this.#generations.all) {
      if (generation.consent === undefined || generation.consent.expiresAt > now) continue;
      this.#lose(generation, now);
      if (generation === this.#current) this.#patience.wait(now);
    }
  }

  /** The way that packets went is no more. Another that worked takes its place, if there is one. */
  #lose(generation: Generation, now: Instant): void {
    if (generation.lose() === this.#selected) this.#selected = undefined;
    if (generation === this.#generations.previous) this.#generations.retirePrevious();
    else {
      this.#patience.wait(now + consentLifetimeMs);
      this.#nomination = new Nomination();
      this.#nomination.handleValid(now);
      generation.connectivity.recheck(now);
    }
  }

  #setState(state: IceState): void {
    if (state === this.#state) return;
    this.#state = state;
    if (state === "connected" || state === "completed") this.#patience.wait(undefined);
    this.#outputs.event({ type: "state", state });
  }

  #setGathering(state: GatheringState): void {
    if (state === this.#gathering) return;
    this.#gathering = state;
    this.#outputs.event({ type: "gathering", state });
  }
}
