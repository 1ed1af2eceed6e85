import type { DtlsCrypto, LocalCertificate } from "../dtls/index.ts";
import {
  generateCredentials,
  type IceAgent,
  type IceAgentOptions,
  type IceCredentials,
  type IcePacket,
  type LocalCandidate,
} from "../ice/index.ts";
import type { DataChannel, DataChannelInit } from "../sctp/index.ts";
import {
  type CandidateAttribute,
  parseCandidate,
  type Section,
  writeCandidate,
} from "../sdp/index.ts";
import {
  type Fingerprint,
  fingerprintOf,
  type Instant,
  type Machine,
  type Output,
  Outputs,
} from "../wire/index.ts";
import { type CandidateStyle, candidateAttribute, candidateText } from "./candidate-line.ts";
import { type CandidateInit, isOfAll, placesOf, ufragsOf } from "./candidate-place.ts";
import { type ConnectionState, connectionState } from "./connection-state.ts";
import { dataSectionOf, transportOf } from "./data-section.ts";
import { type Described, ufragOf, withAddedCandidates, withLocalCandidates } from "./described.ts";
import type { LocalCandidates, LocalParameters } from "./local-parameters.ts";
import { Negotiation } from "./negotiation.ts";
import { PeerError } from "./peer-error.ts";
import type { PeerEvent } from "./peer-event.ts";
import { PeerTransport } from "./peer-transport.ts";
import { RemoteCandidates } from "./remote-candidates.ts";
import { type RemoteEnd, remoteEndOf } from "./remote-end.ts";
import type { DescriptionType, SignalingState } from "./signaling-state.ts";
import { type GatheringEvent, isOfGathering } from "./transport-event.ts";

/** What a peer connection is made with. */
export interface PeerConnectionOptions
  extends Pick<IceAgentOptions, "paceMs" | "patienceMs" | "policy" | "isLite"> {
  readonly crypto: DtlsCrypto;
  readonly certificate: LocalCertificate;
  /** More certificates that are promised, each by its fingerprint (RFC 9429 §5.2.1). */
  readonly otherCertificates?: readonly LocalCertificate[];
  /** The largest message that is taken in; 256 KiB unless told otherwise. */
  readonly maxMessageSize?: number;
  /** Names to tell in place of addresses. */
  readonly nameOf?: CandidateStyle["nameOf"];
  /** The candidates that descriptions name, for who tells them later than they are found; all of them otherwise. */
  readonly toldCandidates?: (ufrag: string) => LocalCandidates;
}

/** A description as signaling carries it. */
export interface SessionDescription {
  readonly type: DescriptionType;
  readonly sdp: string;
}

const defaultMaxMessageSize = 262_144;
/** 5000 by custom (RFC 8841 §5.1). */
const sctpPort = 5000;

/**
 * One end of a session for data channels: offer and answer above, and the transport they set up
 * below (RFC 9429, RFC 8831). It owns neither socket nor clock: packets come and go by `receive`
 * and `poll`, sockets by `ice.addBase`, and everything is told the time.
 */
export class PeerConnection implements Machine<IcePacket, PeerEvent> {
  readonly transport: PeerTransport;
  readonly #options: PeerConnectionOptions;
  readonly #outputs = new Outputs<IcePacket, PeerEvent>();
  readonly #negotiation: Negotiation;
  readonly #remotes: RemoteCandidates;
  readonly #fingerprints: readonly Fingerprint[];
  /** Names the DTLS association; another one has another name (RFC 8842 §4). */
  #tlsId: string;
  #nextTlsId: string | undefined;
  /** What the agent told before a description was set that it belongs to. */
  #held: GatheringEvent[] = [];
  #isDescribed = false;
  #nextCredentials: IceCredentials | undefined;
  #ufragsToReplace: readonly string[] = [];
  #ufragToRenew: string | undefined;
  #wantsData = false;
  /** Data channels were agreed upon once, and then no longer. */
  #isSessionOver = false;
  #isClosed = false;

  constructor(options: PeerConnectionOptions) {
    const { crypto, certificate, otherCertificates = [] } = options;
    const { maxMessageSize = defaultMaxMessageSize } = options;
    this.#options = options;
    this.#negotiation = new Negotiation(crypto);
    this.transport = new PeerTransport({ ...options, role: "controlling", maxMessageSize });
    this.#remotes = new RemoteCandidates(this.ice, (name) =>
      this.#outputs.event({ type: "resolve", name }),
    );
    this.#fingerprints = [certificate, ...otherCertificates].map(({ chain }) =>
      fingerprintOf(crypto, chain[0] as Uint8Array),
    );
    this.#tlsId = generateCredentials(crypto).password;
  }

  get ice(): IceAgent {
    return this.transport.ice;
  }

  get signalingState(): SignalingState {
    return this.#negotiation.state;
  }

  get connectionState(): ConnectionState {
    return this.#isClosed
      ? "closed"
      : connectionState(this.transport.ice.state, this.transport.dtlsState);
  }

  /** Whether there are data channels in what offer and answer have agreed on, or in what is offered. */
  get hasDataSection(): boolean {
    const { agreement, pendingLocal, pendingRemote } = this.#negotiation;
    const isOffered = (one: Described | undefined): boolean =>
      dataSectionOf(one?.description) !== undefined;
    return agreement !== undefined || isOffered(pendingLocal) || isOffered(pendingRemote);
  }

  /** The section of this side's data channels: how candidates name it. */
  get localDataSection(): { readonly mid: string; readonly index: number } | undefined {
    const { pendingLocal, currentLocal } = this.#negotiation;
    const description = (pendingLocal ?? currentLocal)?.description;
    const section = dataSectionOf(description);
    if (description === undefined || section === undefined) return undefined;
    return { mid: section.mid, index: description.sections.indexOf(section) };
  }

  /** The other side's end of the transport, as the description says that was set last. */
  get remoteEnd(): RemoteEnd | undefined {
    return remoteEndOf(this.#negotiation.remote);
  }

  /** Whether something is wanted that no offer and answer have agreed on (W3C webrtc §4.7.3). */
  get isNegotiationNeeded(): boolean {
    if (this.#ufragsToReplace.length > 0) return true;
    const { currentLocal } = this.#negotiation;
    const hasNoSection = dataSectionOf(currentLocal?.description) === undefined;
    return this.#wantsData && (hasNoSection || this.#isSessionOver);
  }

  /** Whether the other side tells candidates by and by (RFC 8838 §4.1); unknown before its description. */
  get canTrickle(): boolean | undefined {
    const remote = this.#negotiation.remote?.description;
    if (remote === undefined) return undefined;
    const lines = [
      ...remote.session.attributes,
      ...remote.session.media.flatMap((m) => m.attributes),
    ];
    return lines.some(({ name, value }) => name === "ice-options" && value?.includes("trickle"));
  }

  get deadline(): Instant | undefined {
    return this.#isClosed ? undefined : this.transport.deadline;
  }

  /** A local description that stands or is to stand. Its text is put together when it is read, and gains candidates. */
  local(which: "current" | "pending"): SessionDescription | undefined {
    const { currentLocal, pendingLocal } = this.#negotiation;
    const described = which === "current" ? currentLocal : pendingLocal;
    const session = this.#negotiation.localSession(which);
    if (described === undefined || session === undefined) return undefined;
    const candidates = (): LocalCandidates => this.#candidatesFor(ufragOf(described));
    return {
      type: described.type,
      get sdp() {
        return withLocalCandidates(session, candidates());
      },
    };
  }

  /** A remote description with the candidates of this moment. Its text is put together when it is read. */
  remote(which: "current" | "pending"): SessionDescription | undefined {
    const { currentRemote, pendingRemote } = this.#negotiation;
    const described = which === "current" ? currentRemote : pendingRemote;
    if (described === undefined) return undefined;
    const { type, added } = described;
    return {
      type,
      get sdp() {
        return withAddedCandidates(described, added);
      },
    };
  }

  createOffer(options: { readonly iceRestart?: boolean } = {}): string {
    const credentials = this.#offeredCredentials(options.iceRestart ?? false);
    return this.#negotiation.createOffer(
      this.#parameters(credentials),
      this.#wantsData,
      this.#candidatesFor(credentials.ufrag),
    );
  }

  createAnswer(): string {
    const credentials = this.#answeredCredentials();
    if (this.#negotiation.isOtherOffered) {
      this.#nextTlsId ??= generateCredentials(this.#options.crypto).password;
    }
    return this.#negotiation.createAnswer(
      { ...this.#parameters(credentials), tlsId: this.#nextTlsId ?? this.#tlsId },
      this.#candidatesFor(credentials.ufrag),
    );
  }

  /** The offer that is to be set where none is named: the last one, unless it is out of date. */
  offerDue(): string {
    const { ufrag } = this.#offeredCredentials(false);
    return this.#negotiation.lastOffer(ufrag, this.#wantsData) ?? this.createOffer();
  }

  /** The answer that is to be set where none is named: the last one, unless it is out of date. */
  answerDue(): string {
    const { ufrag } = this.#answeredCredentials();
    return this.#negotiation.lastAnswer(ufrag) ?? this.createAnswer();
  }

  setLocalDescription({ type, sdp }: SessionDescription, now: Instant): void {
    const ufragBefore = ufragOf(this.#negotiation.currentLocal);
    this.#negotiation.setLocal(type, sdp);
    if (type === "rollback") {
      this.#rollback(ufragBefore, now);
      return;
    }
    const { pendingLocal, currentLocal } = this.#negotiation;
    const own = dataSectionOf((pendingLocal ?? currentLocal)?.description)?.transport;
    if (own !== undefined) this.#use({ ufrag: own.ufrag, password: own.password }, now);
    if (type !== "offer") this.#agree(now);
  }

  setRemoteDescription({ type, sdp }: SessionDescription, now: Instant): void {
    this.#negotiation.setRemote(type, sdp);
    this.#nextCredentials = undefined;
    this.#nextTlsId = undefined;
    if (type === "answer" || type === "pranswer") this.#agree(now);
  }

  /** The next offer will have fresh credentials (W3C webrtc §4.4.2, restartIce). */
  restartIce(): void {
    const { currentLocal, pendingLocal } = this.#negotiation;
    this.#ufragsToReplace = [ufragOf(currentLocal), ufragOf(pendingLocal)].filter(
      (ufrag) => ufrag !== undefined,
    );
  }

  /** The next offer will have fresh credentials, whenever there is one: needs-ice-restart (RFC 9429 §4.1.18). */
  restartWithNextOffer(): void {
    this.#ufragToRenew = this.ice.localCredentials.ufrag;
  }

  /** Forgets what was gathered before there was a description (RFC 9429 §4.1.18). */
  discardGathered(): void {
    this.#held = [];
    this.ice.discardGathered();
  }

  /** Adds a candidate of the other side; an empty one says that there are no more (RFC 8838 §14). */
  addIceCandidate(init: CandidateInit, now: Instant): void {
    const { pendingRemote, currentRemote } = this.#negotiation;
    if (this.#negotiation.remote === undefined) {
      throw new PeerError(
        "invalid-state",
        "A candidate belongs to a description, and there is none.",
      );
    }
    const parsed = init.candidate === "" ? undefined : parseCandidate(init.candidate);
    if (parsed !== undefined && !parsed.ok) {
      throw new PeerError("invalid-candidate", `This is no candidate: ${parsed.fault}.`);
    }
    const ufrag = init.usernameFragment ?? parsed?.value.ufrag;
    const target = [pendingRemote, currentRemote].find(
      (described) =>
        described !== undefined &&
        (ufrag === undefined || ufragsOf(described, init).includes(ufrag)),
    );
    const places = target === undefined ? [] : placesOf(target, init);
    if (target === undefined || (places.length === 0 && !isOfAll(init))) {
      throw new PeerError("invalid-candidate", "The candidate fits no section of the description.");
    }
    if (target.added.length >= maxAddedLines) return;
    const line =
      parsed === undefined ? "a=end-of-candidates" : `a=${candidateText(init.candidate)}`;
    target.added = [...target.added, ...places.map((index) => ({ index, line }))];
    const { sections } = target.description;
    if (!places.some((index) => this.#isInForce(target, sections[index] as Section))) return;
    if (parsed === undefined) this.ice.endRemoteCandidates(now);
    else this.#remotes.add(parsed.value, now);
  }

  /** The answer to a `resolve` event. */
  resolved(name: string, ip: string | undefined, now: Instant): void {
    this.#remotes.resolved(name, ip, now);
  }

  /** Makes a channel, which is opened as soon as the association stands. */
  openChannel(init: DataChannelInit, now: Instant): DataChannel {
    const channel = this.transport.channels.open(init, now);
    this.#wantsData = true;
    return channel;
  }

  close(now: Instant): void {
    if (this.#isClosed) return;
    this.#negotiation.close();
    this.transport.close(now);
    this.#isClosed = true;
  }

  receive(packet: IcePacket, now: Instant): void {
    this.transport.receive(packet, now);
  }

  handleTimeout(now: Instant): void {
    this.transport.handleTimeout(now);
  }

  poll(): Output<IcePacket, PeerEvent> | undefined {
    for (;;) {
      const own = this.#outputs.poll();
      if (own !== undefined) return own;
      const output = this.transport.poll();
      if (output === undefined || output.type === "packet") return output;
      const { event } = output;
      if (!isOfGathering(event)) return { type: "event", event };
      if (this.#isDescribed) this.#tell(event);
      else this.#held.push(event);
    }
  }

  #tell(event: GatheringEvent): void {
    if (event.type !== "candidate") {
      this.#outputs.event(event);
      return;
    }
    const section = this.localDataSection;
    if (section === undefined) return;
    const { ufrag } = this.ice.localCredentials;
    const attribute = this.attributeOf(event.candidate);
    this.#outputs.event({
      type: "candidate",
      candidate: event.candidate,
      attribute,
      line: writeCandidate({ ...attribute, ufrag }),
      ...section,
      ufrag,
    });
  }

  /** A candidate of this side as the other side is told of it. */
  attributeOf(candidate: LocalCandidate): CandidateAttribute {
    return candidateAttribute(candidate, this.#style);
  }

  get #style(): CandidateStyle {
    return { hidesRelated: this.ice.policy === "relay", nameOf: this.#options.nameOf };
  }

  #parameters(credentials: IceCredentials): LocalParameters {
    return {
      credentials,
      fingerprints: this.#fingerprints,
      tlsId: this.#tlsId,
      sctpPort,
      maxMessageSize: this.#options.maxMessageSize ?? defaultMaxMessageSize,
    };
  }

  /** What the agent has found so far under these credentials. */
  #candidatesFor(ufrag: string | undefined): LocalCandidates {
    const { toldCandidates } = this.#options;
    if (toldCandidates !== undefined && ufrag !== undefined) return toldCandidates(ufrag);
    if (ufrag !== this.ice.localCredentials.ufrag || !this.#isDescribed) {
      return { candidates: [], isComplete: false };
    }
    const found = this.ice.localCandidates.filter(({ type }) => type !== "prflx");
    return {
      candidates: found.map((candidate) => this.attributeOf(candidate)),
      isComplete: this.ice.gatheringState === "complete",
    };
  }

  #offeredCredentials(isRestart: boolean): IceCredentials {
    const current = this.ice.localCredentials;
    const isStanding = ufragOf(this.#negotiation.currentLocal) !== undefined;
    if (isRestart && isStanding) this.#nextCredentials = generateCredentials(this.#options.crypto);
    const isReplaced = [...this.#ufragsToReplace, this.#ufragToRenew].includes(current.ufrag);
    if (isReplaced) {
      this.#nextCredentials ??= generateCredentials(this.#options.crypto);
    }
    return this.#nextCredentials ?? current;
  }

  /** A restart of the other side is answered by one of this side (RFC 8839 §4.4.1.1.1). */
  #answeredCredentials(): IceCredentials {
    const { pendingRemote, currentRemote, state } = this.#negotiation;
    const [offered, known] = [ufragOf(pendingRemote), ufragOf(currentRemote)];
    const isRestart = known !== undefined && offered !== known && state === "have-remote-offer";
    if (isRestart) this.#nextCredentials ??= generateCredentials(this.#options.crypto);
    return this.#nextCredentials ?? this.ice.localCredentials;
  }

  /** A description of this side is set: what it promises is kept from now on. */
  #use(credentials: IceCredentials, now: Instant): void {
    if (credentials.ufrag !== this.ice.localCredentials.ufrag) {
      this.#held = [];
      this.ice.restart(now, credentials);
    }
    this.#nextCredentials = undefined;
    this.#isDescribed = true;
    for (const event of this.#held.splice(0)) this.#tell(event);
    if (this.ice.gatheringState === "new") this.#outputs.event({ type: "gather" });
  }

  #rollback(ufragBefore: string | undefined, now: Instant): void {
    this.#nextCredentials = undefined;
    if (ufragBefore === undefined) this.#beginAnew(now);
    else if (ufragBefore !== this.ice.localCredentials.ufrag) this.ice.cancelRestart(now);
  }

  /** The section of the data channels is off, and they are over; new ones need to be negotiated. */
  #endSession(now: Instant): void {
    this.#negotiation.agreed = undefined;
    this.#tlsId = generateCredentials(this.#options.crypto).password;
    this.#wantsData = false;
    this.#isSessionOver = true;
    this.transport.endSession(now);
    this.#beginAnew(now);
  }

  /** The transport goes with its description (RFC 9429 §4.1.10.2), and credentials that were told once are not used again. */
  #beginAnew(now: Instant): void {
    if (this.ice.gatheringState !== "new") this.#outputs.event({ type: "gathering", state: "new" });
    this.ice.reset(now, generateCredentials(this.#options.crypto));
    this.#isDescribed = false;
  }

  /** Offer and answer are complete: the transport gets to know the other side. */
  #agree(now: Instant): void {
    const { agreement, currentRemote, pendingRemote, currentLocal, state } = this.#negotiation;
    const local = state === "stable" ? currentLocal : this.#negotiation.pendingLocal;
    const remote = state === "stable" ? currentRemote : pendingRemote;
    const ufragNow = ufragOf(currentLocal) ?? "";
    if (state === "stable" && !this.#ufragsToReplace.includes(ufragNow)) this.#ufragsToReplace = [];
    if (agreement === undefined || remote === undefined) {
      if (state === "stable" && this.#negotiation.agreed !== undefined) this.#endSession(now);
      return;
    }
    this.#isSessionOver = false;
    const { dtlsRole, isNew, transport, section } = agreement;
    const isFirst = this.#negotiation.agreed === undefined;
    this.#negotiation.agreed = agreement;
    if (isNew && local?.type !== "offer") this.#tlsId = this.#nextTlsId ?? this.#tlsId;
    const controls = local?.type === "offer" || remote.description.iceLite;
    if (isFirst) this.ice.setRole(controls ? "controlling" : "controlled");
    this.ice.setRemoteCredentials({ ufrag: transport.ufrag, password: transport.password }, now);
    for (const [index, one] of remote.description.sections.entries()) {
      if (this.#isInForce(remote, one)) this.#addAll(remote, one, index, now);
    }
    this.transport.establish(
      {
        dtlsRole,
        isNew,
        fingerprints: transport.fingerprints,
        sctpPort: section.sctp?.port ?? sctpPort,
        maxMessageSize: section.sctp?.maxMessageSize ?? 0,
      },
      now,
    );
  }

  #addAll(remote: Described, section: Section, index: number, now: Instant): void {
    for (const candidate of section.candidates) this.#remotes.add(candidate, now);
    let isAll = section.endOfCandidates;
    for (const { line } of remote.added.filter((one) => one.index === index)) {
      const parsed = parseCandidate(line);
      if (parsed.ok) this.#remotes.add(parsed.value, now);
      else isAll = true;
    }
    if (isAll) this.ice.endRemoteCandidates(now);
  }

  /** Whether a section's candidates are those of the transport that is in use. */
  #isInForce(described: Described, section: Section): boolean {
    const ufrag = transportOf(described.description, section)?.ufrag;
    const isApplied = described !== this.#negotiation.pendingRemote || described.type !== "offer";
    return isApplied && ufrag !== undefined && ufrag === this.ice.remoteCredentials?.ufrag;
  }
}

/** As many lines of candidates as anybody needs. */
const maxAddedLines = 200;
