import type { GatheringState, IceState } from "../../ice/index.ts";
import {
  type ConnectionState,
  connectionState,
  PeerConnection,
  type PeerEvent,
  type SignalingState,
} from "../../peer/index.ts";
import { nodeDtlsCrypto } from "../dtls-crypto.ts";
import { checkChannelInit } from "./channel-init.ts";
import { ChannelRegistry } from "./channel-registry.ts";
import {
  asksDifferently,
  type CheckedConfiguration,
  checkConfiguration,
  checkUnchanged,
  copyOf,
  type NodeConfiguration,
  type RTCConfiguration,
} from "./configuration.ts";
import { Descriptions } from "./descriptions.ts";
import { defineHandlers, type Handler, TypedEventTarget } from "./event-target.ts";
import {
  iceErrorEvent,
  type RTCDataChannelEvent,
  type RTCPeerConnectionIceErrorEvent,
  RTCPeerConnectionIceEvent,
} from "./events.ts";
import {
  type RTCPeerConnectionErrorCallback,
  type RTCSessionDescriptionCallback,
  withCallbacks,
} from "./legacy-callbacks.ts";
import { MdnsNames } from "./mdns-names.ts";
import { NegotiationNeeded } from "./negotiation-needed.ts";
import { OperationsChain } from "./operations-chain.ts";
import { PeerDriver } from "./peer-driver.ts";
import {
  certificateContent,
  ecdsaCertificate,
  generateCertificate,
  type RTCCertificate,
  type RTCCertificateAlgorithm,
} from "./rtc-certificate.ts";
import type { RTCDataChannel, RTCDataChannelInit } from "./rtc-data-channel.ts";
import { domException } from "./rtc-error.ts";
import type { RTCIceCandidateInit } from "./rtc-ice-candidate.ts";
import type {
  RTCLocalSessionDescriptionInit,
  RTCSessionDescription,
  RTCSessionDescriptionInit,
} from "./rtc-session-description.ts";
import type { RTCStatsReport } from "./rtc-stats-report.ts";
import { type RTCOfferOptions, SignalingOperations } from "./signaling-operations.ts";
import { StatsIds } from "./stats-ids.ts";
import { statsReport } from "./stats-report.ts";
import { TaskQueue } from "./task-queue.ts";
import { endOfCandidates, ToldCandidates } from "./told-candidates.ts";
import { TransportView } from "./transport-view.ts";
import type { RTCSctpTransport } from "./transports.ts";
import { defineInterface } from "./web-idl.ts";

export interface RTCPeerConnectionEventMap {
  connectionstatechange: Event;
  datachannel: RTCDataChannelEvent;
  icecandidate: RTCPeerConnectionIceEvent;
  icecandidateerror: RTCPeerConnectionIceErrorEvent;
  iceconnectionstatechange: Event;
  icegatheringstatechange: Event;
  negotiationneeded: Event;
  signalingstatechange: Event;
}

/** A connection to another peer, for data channels (W3C webrtc §4.4). */
export class RTCPeerConnection extends TypedEventTarget<RTCPeerConnectionEventMap> {
  declare onconnectionstatechange: Handler<RTCPeerConnection, Event>;
  declare ondatachannel: Handler<RTCPeerConnection, RTCDataChannelEvent>;
  declare onicecandidate: Handler<RTCPeerConnection, RTCPeerConnectionIceEvent>;
  declare onicecandidateerror: Handler<RTCPeerConnection, RTCPeerConnectionIceErrorEvent>;
  declare oniceconnectionstatechange: Handler<RTCPeerConnection, Event>;
  declare onicegatheringstatechange: Handler<RTCPeerConnection, Event>;
  declare onnegotiationneeded: Handler<RTCPeerConnection, Event>;
  declare onsignalingstatechange: Handler<RTCPeerConnection, Event>;
  readonly #peer: PeerConnection;
  readonly #driver: PeerDriver;
  readonly #tasks = new TaskQueue();
  readonly #chain: OperationsChain;
  readonly #channels: ChannelRegistry;
  readonly #certificate: RTCCertificate;
  readonly #names: MdnsNames;
  readonly #descriptions = new Descriptions();
  readonly #told = new ToldCandidates();
  readonly #negotiationNeeded: NegotiationNeeded;
  readonly #operations: SignalingOperations;
  readonly #statsIds = new StatsIds();
  #configuration: CheckedConfiguration;
  readonly #view: TransportView;
  #isClosed = false;
  #signalingState: SignalingState = "stable";
  #iceConnectionState: IceState = "new";
  #iceGatheringState: GatheringState = "new";
  #connectionState: ConnectionState = "new";

  constructor(configuration: NodeConfiguration | null = {}) {
    super();
    this.#configuration = checkConfiguration(configuration);
    const { given, hideLocalAddresses } = this.#configuration;
    const [certificate = ecdsaCertificate(), ...others] = given.certificates;
    this.#certificate = certificate;
    this.#names = new MdnsNames(hideLocalAddresses);
    this.#peer = new PeerConnection({
      crypto: nodeDtlsCrypto,
      certificate: certificateContent(certificate),
      otherCertificates: others.map(certificateContent),
      policy: given.iceTransportPolicy,
      toldCandidates: (ufrag) => this.#told.of(ufrag),
      ...(hideLocalAddresses && { nameOf: (ip: string) => this.#names.nameOf(ip) }),
    });
    this.#view = new TransportView(this.#peer);
    this.#driver = new PeerDriver(this.#peer, (event) => this.#handle(event));
    this.#channels = new ChannelRegistry(this.#driver, this.#tasks, (event) =>
      this.dispatchEvent(event),
    );
    this.#chain = new OperationsChain(
      () => this.#isClosed,
      () => this.#negotiationNeeded.chainIsEmpty(),
    );
    this.#negotiationNeeded = new NegotiationNeeded(this.#chain, this.#tasks, {
      isStable: () => this.#signalingState === "stable",
      isNeeded: () => this.#peer.isNegotiationNeeded,
      fire: () => this.#fire("negotiationneeded"),
    });
    this.#operations = new SignalingOperations(this.#driver, this.#chain, {
      task: (act) => this.#task(act),
      described: () => this.#described(),
      candidateAdded: () => this.#descriptions.updateRemote(this.#peer),
    });
    if (given.iceCandidatePoolSize > 0) this.#gather();
  }

  static generateCertificate(algorithm: string | RTCCertificateAlgorithm): Promise<RTCCertificate> {
    return generateCertificate(algorithm);
  }

  get signalingState(): SignalingState {
    return this.#signalingState;
  }

  get iceConnectionState(): IceState {
    return this.#iceConnectionState;
  }

  get iceGatheringState(): GatheringState {
    return this.#iceGatheringState;
  }

  get connectionState(): ConnectionState {
    return this.#connectionState;
  }

  get canTrickleIceCandidates(): boolean | null {
    return this.#descriptions.canTrickle;
  }

  get sctp(): RTCSctpTransport | null {
    return this.#view.sctp;
  }

  get localDescription(): RTCSessionDescription | null {
    return this.#descriptions.local.latest;
  }

  get currentLocalDescription(): RTCSessionDescription | null {
    return this.#descriptions.local.current;
  }

  get pendingLocalDescription(): RTCSessionDescription | null {
    return this.#descriptions.local.pending;
  }

  get remoteDescription(): RTCSessionDescription | null {
    return this.#descriptions.remote.latest;
  }

  get currentRemoteDescription(): RTCSessionDescription | null {
    return this.#descriptions.remote.current;
  }

  get pendingRemoteDescription(): RTCSessionDescription | null {
    return this.#descriptions.remote.pending;
  }

  createOffer(options?: RTCOfferOptions | null): Promise<{ type: "offer"; sdp: string }>;
  createOffer(
    onSuccess: RTCSessionDescriptionCallback,
    onFailure: RTCPeerConnectionErrorCallback,
    options?: RTCOfferOptions | null,
  ): Promise<void>;
  createOffer(first: unknown = {}, ...rest: unknown[]): Promise<unknown> {
    if (rest.length > 0) {
      const [onFailure, options] = rest as [unknown, RTCOfferOptions | null];
      return withCallbacks(() => this.#operations.createOffer(options), [first, onFailure]);
    }
    return this.#operations.createOffer(first as RTCOfferOptions | null);
  }

  createAnswer(options?: object | null): Promise<{ type: "answer"; sdp: string }>;
  createAnswer(
    onSuccess: RTCSessionDescriptionCallback,
    onFailure: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  createAnswer(first: unknown = {}, ...rest: unknown[]): Promise<unknown> {
    if (rest.length > 0)
      return withCallbacks(() => this.#operations.createAnswer(), [first, rest[0]]);
    return this.#operations.createAnswer(first as object | null);
  }

  /** Sets a description of this side; without one, makes the one that is due (W3C webrtc §4.4.2). */
  setLocalDescription(description?: RTCLocalSessionDescriptionInit | null): Promise<void>;
  setLocalDescription(
    description: RTCLocalSessionDescriptionInit,
    onSuccess: () => void,
    onFailure: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  setLocalDescription(
    description: RTCLocalSessionDescriptionInit | null = {},
    ...callbacks: unknown[]
  ): Promise<void> {
    return withCallbacks(() => this.#operations.setLocal(description), callbacks);
  }

  /** Sets a description of the other side; an offer that meets one of this side takes it back (W3C webrtc §4.4.2). */
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  setRemoteDescription(
    description: RTCSessionDescriptionInit,
    onSuccess: () => void,
    onFailure: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  setRemoteDescription(
    description: RTCSessionDescriptionInit,
    ...callbacks: unknown[]
  ): Promise<void> {
    return withCallbacks(() => this.#operations.setRemote(description), callbacks);
  }

  /** Adds a candidate of the other side; none, or an empty one, says that there are no more. */
  addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void>;
  addIceCandidate(
    candidate: RTCIceCandidateInit,
    onSuccess: () => void,
    onFailure: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  addIceCandidate(
    candidate: RTCIceCandidateInit | null = null,
    ...callbacks: unknown[]
  ): Promise<void> {
    return withCallbacks(() => this.#operations.addCandidate(candidate), callbacks);
  }

  restartIce(): void {
    if (this.#isClosed) return;
    this.#peer.restartIce();
    this.#negotiationNeeded.update();
  }

  createDataChannel(label: string, init: RTCDataChannelInit = {}): RTCDataChannel {
    // biome-ignore lint/complexity/noArguments: undefined is a label, and a rest parameter would not count as one.
    if (arguments.length === 0) throw new TypeError("A channel needs a label.");
    const checked = checkChannelInit(label, init);
    if (this.#isClosed) throw new DOMException("The connection is closed.", "InvalidStateError");
    const channel = this.#run((peer, now) => this.#channels.add(peer.openChannel(checked, now)));
    this.#negotiationNeeded.update();
    return channel;
  }

  getConfiguration(): RTCConfiguration {
    return copyOf(this.#configuration);
  }

  /** Other servers and another policy count from the next gathering on, which an ICE restart begins. */
  setConfiguration(configuration: NodeConfiguration | null = {}): void {
    if (this.#isClosed) throw new DOMException("The connection is closed.", "InvalidStateError");
    const checked = checkConfiguration(configuration);
    const before = this.#configuration;
    checkUnchanged(before, checked, this.localDescription !== null);
    const { certificates } = before.given;
    this.#configuration = { ...checked, given: { ...checked.given, certificates } };
    this.#applyConfiguration(before);
  }

  async getStats(selector: null = null): Promise<RTCStatsReport> {
    if (selector !== null) throw new TypeError("Statistics are selected by a MediaStreamTrack.");
    return statsReport({
      peer: this.#peer,
      channels: this.#channels.all,
      channelsOpened: this.#channels.opened,
      channelsClosed: this.#channels.closed,
      localCertificate: certificateContent(this.#certificate).chain[0] as Uint8Array,
      view: this.#view,
      ids: this.#statsIds,
    });
  }

  /** Ends everything at once, and without events (W3C webrtc §4.4.1.6). */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#signalingState = "closed";
    this.#channels.abandon();
    this.#view.close();
    this.#iceConnectionState = "closed";
    this.#connectionState = "closed";
    this.#driver.close();
    this.#names.close();
  }

  #run<Result>(act: (peer: PeerConnection, now: number) => Result): Result {
    try {
      return this.#driver.queue((now) => act(this.#peer, now));
    } catch (error) {
      throw domException(error);
    }
  }

  /** What was set shows now: to those who look, and by events. */
  #described(): void {
    this.#descriptions.update(this.#peer);
    const state = this.#peer.signalingState;
    const hasChanged = state !== this.#signalingState;
    this.#signalingState = state;
    // There are transports from the first offer of data channels on, unless it is taken back.
    if (this.#peer.hasDataSection) this.#view.showSctp();
    else if (this.#peer.transport.terms === undefined) this.#view.hideSctp();
    if (state === "stable") {
      this.#told.keepOnly(this.#peer.ice.localCredentials.ufrag);
      this.#negotiationNeeded.clear();
      this.#negotiationNeeded.update();
    }
    if (hasChanged) this.#fire("signalingstatechange");
  }

  /** RFC 9429 §4.1.18 */
  #applyConfiguration(before: CheckedConfiguration): void {
    const isOther = asksDifferently(before, this.#configuration);
    if (this.localDescription !== null) {
      if (isOther) this.#peer.restartWithNextOffer();
      return;
    }
    const [had, has] = [before, this.#configuration].map(
      ({ given }) => given.iceCandidatePoolSize > 0,
    );
    if (had && (isOther || !has)) this.#run((peer) => peer.discardGathered());
    if (has && (isOther || !had)) this.#gather();
  }

  #gather(): void {
    void this.#driver.gather(this.#configuration);
  }

  #handle(event: PeerEvent): void {
    switch (event.type) {
      case "gather":
        // After whoever waits for the description, who has something to send: sockets are opened while it is on its way.
        this.#task(() => this.#gather());
        break;
      case "resolve":
        void this.#resolve(event.name);
        break;
      case "connected":
        this.#task(() => this.#view.setSctp("connected"));
        break;
      case "disconnected":
        this.#task(() => this.#view.setSctp("closed"));
        break;
      case "ice-state":
        this.#task(() => this.#setIceState(event.state));
        break;
      case "dtls-state":
        this.#task(() => this.#view.setDtls(event));
        this.#task(() => {
          if (this.#deriveConnectionState()) this.#fire("connectionstatechange");
        });
        break;
      case "gathering":
        this.#task(() => {
          this.#told.setComplete(this.#peer.ice.localCredentials.ufrag, event.state === "complete");
          if (event.state === "complete") this.#tellEnd();
          this.#view.setGathering(event.state);
        });
        this.#task(() => this.#setGatheringState(event.state));
        break;
      case "candidate":
        this.#task(() => this.#tell(event));
        break;
      case "candidate-error":
        this.#task(() => {
          const { hideLocalAddresses } = this.#configuration;
          const told = hideLocalAddresses ? [] : this.#peer.ice.localCandidates;
          this.dispatchEvent(iceErrorEvent(event.error, told));
        });
        break;
      case "selected":
        this.#task(() => this.#view.select(event.pair));
        break;
      default:
        this.#channels.handle(event);
    }
  }

  #task(act: () => void): void {
    this.#tasks.push(() => {
      if (!this.#isClosed) act();
    });
  }

  #fire(type: string): void {
    this.dispatchEvent(new Event(type));
  }

  async #resolve(name: string): Promise<void> {
    const ip = await this.#names.resolve(name);
    if (!this.#isClosed) this.#driver.run((peer, now) => peer.resolved(name, ip, now));
  }

  /** W3C webrtc §5.6: first all states that follow from it, then the events. */
  #setIceState(state: IceState): void {
    const hasChanged = state !== this.#iceConnectionState;
    this.#view.setIce(state);
    this.#iceConnectionState = state;
    const hasConnectionChanged = this.#deriveConnectionState();
    this.#view.fireIce();
    if (hasChanged) this.#fire("iceconnectionstatechange");
    if (hasConnectionChanged) this.#fire("connectionstatechange");
  }

  /** Of what was told of the transports, which may be behind what has become of them. */
  #deriveConnectionState(): boolean {
    const before = this.#connectionState;
    this.#connectionState = connectionState(this.#view.iceState, this.#view.dtlsState);
    return this.#connectionState !== before;
  }

  #setGatheringState(state: GatheringState): void {
    if (state === this.#iceGatheringState) return;
    this.#iceGatheringState = state;
    this.#fire("icegatheringstatechange");
    if (state === "complete") this.dispatchEvent(new RTCPeerConnectionIceEvent("icecandidate"));
  }

  #tell(event: Extract<PeerEvent, { type: "candidate" }>): void {
    const candidate = this.#told.add(event);
    this.#view.told(event.candidate, candidate);
    const { url } = candidate;
    this.dispatchEvent(new RTCPeerConnectionIceEvent("icecandidate", { candidate, url }));
  }

  #tellEnd(): void {
    const candidate = endOfCandidates(this.#peer);
    if (candidate === undefined) return;
    this.dispatchEvent(new RTCPeerConnectionIceEvent("icecandidate", { candidate }));
  }
}

defineHandlers(RTCPeerConnection.prototype, [
  "connectionstatechange",
  "datachannel",
  "icecandidate",
  "icecandidateerror",
  "iceconnectionstatechange",
  "icegatheringstatechange",
  "negotiationneeded",
  "signalingstatechange",
]);
defineInterface(RTCPeerConnection);
