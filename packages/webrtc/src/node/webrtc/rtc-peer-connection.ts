import type { DtlsVersion } from "../../dtls/index.ts";
import type { GatheringState, IceState } from "../../ice/index.ts";
import {
  type ConnectionState,
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
  type NodeConfiguration,
  type RTCConfiguration,
} from "./configuration.ts";
import { defineInterface, type Handler, TypedEventTarget } from "./event-target.ts";
import {
  iceErrorEvent,
  type RTCPeerConnectionIceErrorEvent,
  RTCPeerConnectionIceEvent,
} from "./events.ts";
import { MdnsNames } from "./mdns-names.ts";
import { OperationsChain } from "./operations-chain.ts";
import { PeerDriver } from "./peer-driver.ts";
import {
  ecdsaCertificate,
  generateCertificate,
  RTCCertificate,
  type RTCCertificateAlgorithm,
} from "./rtc-certificate.ts";
import type { RTCDataChannel, RTCDataChannelInit } from "./rtc-data-channel.ts";
import type { RTCDataChannelEvent } from "./rtc-data-channel-event.ts";
import { domException } from "./rtc-error.ts";
import { RTCIceCandidate, type RTCIceCandidateInit } from "./rtc-ice-candidate.ts";
import {
  type RTCLocalSessionDescriptionInit,
  RTCSessionDescription,
  type RTCSessionDescriptionInit,
  sdpType,
} from "./rtc-session-description.ts";
import { type RTCStatsReport, statsReport } from "./stats-report.ts";
import { TaskQueue } from "./task-queue.ts";
import { TransportView } from "./transport-view.ts";
import type { RTCSctpTransport } from "./transports.ts";

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

/** W3C webrtc §4.4.3 */
export interface RTCOfferOptions {
  iceRestart?: boolean;
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
  #configuration: CheckedConfiguration;
  #view: TransportView | undefined;
  #isClosed = false;
  #isNegotiationNeeded = false;
  #updateWhenChainIsEmpty = false;
  #signalingState: SignalingState = "stable";
  #iceConnectionState: IceState = "new";
  #iceGatheringState: GatheringState = "new";
  #connectionState: ConnectionState = "new";
  #cipherSuite: string | undefined;
  #dtlsVersion: DtlsVersion | undefined;
  #selectedPairChanges = 0;

  constructor(configuration: NodeConfiguration = {}) {
    super();
    this.#configuration = checkConfiguration(configuration);
    const { given, hideLocalAddresses } = this.#configuration;
    this.#certificate = given.certificates[0] ?? ecdsaCertificate();
    this.#names = new MdnsNames(hideLocalAddresses);
    this.#peer = new PeerConnection({
      crypto: nodeDtlsCrypto,
      certificate: RTCCertificate.contentOf(this.#certificate),
      policy: given.iceTransportPolicy,
      ...(hideLocalAddresses && { nameOf: (ip: string) => this.#names.nameOf(ip) }),
    });
    this.#driver = new PeerDriver(this.#peer, (event) => this.#handle(event));
    this.#channels = new ChannelRegistry(this.#driver, this.#tasks, (event) =>
      this.dispatchEvent(event),
    );
    this.#chain = new OperationsChain(
      () => this.#isClosed,
      () => {
        if (!this.#updateWhenChainIsEmpty) return;
        this.#updateWhenChainIsEmpty = false;
        this.#updateNegotiationNeeded();
      },
    );
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
    return this.#peer.canTrickle ?? null;
  }

  get sctp(): RTCSctpTransport | null {
    return this.#view?.sctp ?? null;
  }

  get localDescription(): RTCSessionDescription | null {
    return this.pendingLocalDescription ?? this.currentLocalDescription;
  }

  get currentLocalDescription(): RTCSessionDescription | null {
    return wrapped(this.#peer.local("current"));
  }

  get pendingLocalDescription(): RTCSessionDescription | null {
    return wrapped(this.#peer.local("pending"));
  }

  get remoteDescription(): RTCSessionDescription | null {
    return this.pendingRemoteDescription ?? this.currentRemoteDescription;
  }

  get currentRemoteDescription(): RTCSessionDescription | null {
    return wrapped(this.#peer.remote("current"));
  }

  get pendingRemoteDescription(): RTCSessionDescription | null {
    return wrapped(this.#peer.remote("pending"));
  }

  createOffer(options: RTCOfferOptions = {}): Promise<{ type: "offer"; sdp: string }> {
    return this.#chain.run(async () => {
      const { iceRestart = false } = options;
      return { type: "offer", sdp: this.#run((peer) => peer.createOffer({ iceRestart })) };
    });
  }

  createAnswer(): Promise<{ type: "answer"; sdp: string }> {
    return this.#chain.run(async () => {
      return { type: "answer", sdp: this.#run((peer) => peer.createAnswer()) };
    });
  }

  /** Sets a description of this side; without one, makes the one that is due (W3C webrtc §4.4.2). */
  setLocalDescription(description: RTCLocalSessionDescriptionInit = {}): Promise<void> {
    return this.#chain.run(async () => {
      const state = this.#peer.signalingState;
      const isOffersTurn =
        state === "stable" || state === "have-local-offer" || state === "have-remote-pranswer";
      const type = sdpType(description.type ?? (isOffersTurn ? "offer" : "answer"));
      const sdp = description.sdp || this.#make(type);
      await this.#set((peer, now) => peer.setLocalDescription({ type, sdp }, now));
    });
  }

  /** Sets a description of the other side; an offer that meets one of this side takes it back (W3C webrtc §4.4.2). */
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    const checked = (): { type: ReturnType<typeof sdpType>; sdp: string } => ({
      type: sdpType(description?.type),
      sdp: String(description.sdp ?? ""),
    });
    return this.#chain.run(async () => {
      const { type, sdp } = checked();
      if (type === "offer" && this.#peer.signalingState === "have-local-offer") {
        const rollback = { type: "rollback", sdp: "" } as const;
        await this.#set((peer, now) => peer.setLocalDescription(rollback, now));
      }
      await this.#set((peer, now) => peer.setRemoteDescription({ type, sdp }, now));
    });
  }

  /** Adds a candidate of the other side; none, or an empty one, says that there are no more. */
  addIceCandidate(candidate: RTCIceCandidateInit | null = null): Promise<void> {
    const { sdpMid = null, sdpMLineIndex = null, usernameFragment } = candidate ?? {};
    const line = candidate?.candidate ?? "";
    if (line !== "" && sdpMid === null && sdpMLineIndex === null) {
      return Promise.reject(new TypeError("A candidate needs sdpMid or sdpMLineIndex."));
    }
    return this.#chain.run(async () => {
      const init = { candidate: line, sdpMid, sdpMLineIndex, usernameFragment };
      this.#run((peer, now) => peer.addIceCandidate(init, now));
    });
  }

  restartIce(): void {
    if (this.#isClosed) return;
    this.#peer.restartIce();
    this.#updateNegotiationNeeded();
  }

  createDataChannel(label: string, init: RTCDataChannelInit = {}): RTCDataChannel {
    // biome-ignore lint/complexity/noArguments: undefined is a label, and a rest parameter would not count as one.
    if (arguments.length === 0) throw new TypeError("A channel needs a label.");
    const checked = checkChannelInit(label, init);
    if (this.#isClosed) throw new DOMException("The connection is closed.", "InvalidStateError");
    const channel = this.#run((peer, now) => this.#channels.add(peer.openChannel(checked, now)));
    this.#updateNegotiationNeeded();
    return channel;
  }

  getConfiguration(): RTCConfiguration {
    return { ...this.#configuration.given };
  }

  /** Other servers and another policy count from the next gathering on, which an ICE restart begins. */
  setConfiguration(configuration: NodeConfiguration = {}): void {
    if (this.#isClosed) throw new DOMException("The connection is closed.", "InvalidStateError");
    const checked = checkConfiguration(configuration);
    const before = this.#configuration;
    checkUnchanged(before, checked, this.localDescription !== null);
    const { certificates } = before.given;
    this.#configuration = { ...checked, given: { ...checked.given, certificates } };
    this.#applyConfiguration(before);
  }

  async getStats(_selector: null = null): Promise<RTCStatsReport> {
    return statsReport({
      peer: this.#peer,
      channels: this.#channels.all,
      channelsOpened: this.#channels.opened,
      channelsClosed: this.#channels.closed,
      localCertificate: RTCCertificate.contentOf(this.#certificate).chain[0] as Uint8Array,
      remoteCertificates: this.#view?.dtls.remoteCertificates ?? [],
      selectedPairChanges: this.#selectedPairChanges,
      cipherSuite: this.#cipherSuite,
      dtlsVersion: this.#dtlsVersion,
    });
  }

  /** Ends everything at once, and without events (W3C webrtc §4.4.1.6). */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#signalingState = "closed";
    this.#channels.abandon();
    this.#view?.close();
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

  #make(type: RTCSessionDescription["type"]): string {
    if (type === "rollback") return "";
    return this.#run((peer) => (type === "offer" ? peer.createOffer() : peer.createAnswer()));
  }

  /** W3C webrtc §4.4.1.5: events first, then the promise. */
  #set(act: (peer: PeerConnection, now: number) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#run((peer, now) => {
        act(peer, now);
        // Before whatever else comes of it.
        this.#task(() => {
          this.#settled();
          resolve();
        });
      });
    });
  }

  #settled(): void {
    const state = this.#peer.signalingState;
    const hasChanged = state !== this.#signalingState;
    this.#signalingState = state;
    // There are transports from the first offer of data channels on, unless it is taken back.
    if (this.#peer.hasDataSection) this.#view ??= new TransportView(this.#peer);
    else if (this.#peer.transport.terms === undefined) this.#view = undefined;
    this.#view?.updateMaxMessageSize();
    if (state === "stable") {
      this.#isNegotiationNeeded = false;
      this.#updateNegotiationNeeded();
    }
    if (hasChanged) this.#fire("signalingstatechange");
  }

  /** W3C webrtc §4.7.3 */
  #updateNegotiationNeeded(): void {
    if (!this.#chain.isEmpty) {
      this.#updateWhenChainIsEmpty = true;
      return;
    }
    this.#tasks.push(() => {
      if (this.#isClosed) return;
      if (!this.#chain.isEmpty) {
        this.#updateWhenChainIsEmpty = true;
        return;
      }
      if (this.#signalingState !== "stable") return;
      const isNeeded = this.#peer.isNegotiationNeeded;
      if (!isNeeded || this.#isNegotiationNeeded) {
        this.#isNegotiationNeeded = isNeeded;
        return;
      }
      this.#isNegotiationNeeded = true;
      this.#fire("negotiationneeded");
    });
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
        this.#gather();
        break;
      case "resolve":
        void this.#resolve(event.name);
        break;
      case "connected":
        this.#task(() => this.#view?.setSctp("connected"));
        break;
      case "disconnected":
        this.#task(() => this.#view?.setSctp("closed"));
        break;
      case "ice-state":
        this.#task(() => this.#setIceState(event.state));
        break;
      case "dtls-state":
        this.#cipherSuite = event.session?.cipherSuite ?? this.#cipherSuite;
        this.#dtlsVersion = event.session?.version ?? this.#dtlsVersion;
        this.#task(() => {
          this.#view?.setDtls(event);
          this.#updateConnectionState();
        });
        break;
      case "gathering":
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
        this.#selectedPairChanges += 1;
        this.#task(() => this.#view?.ice.dispatchEvent(new Event("selectedcandidatepairchange")));
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

  #setIceState(state: IceState): void {
    if (this.#view !== undefined) this.#view.ice.state = state;
    this.#view?.ice.dispatchEvent(new Event("statechange"));
    if (state !== this.#iceConnectionState) {
      this.#iceConnectionState = state;
      this.#fire("iceconnectionstatechange");
    }
    this.#updateConnectionState();
  }

  #updateConnectionState(): void {
    const state = this.#peer.connectionState;
    if (state === this.#connectionState) return;
    this.#connectionState = state;
    this.#fire("connectionstatechange");
  }

  #setGatheringState(state: GatheringState): void {
    if (state === "complete") this.#tellEnd();
    if (this.#view !== undefined) this.#view.ice.gatheringState = state;
    this.#view?.ice.dispatchEvent(new Event("gatheringstatechange"));
    this.#iceGatheringState = state;
    this.#fire("icegatheringstatechange");
    if (state === "complete") this.dispatchEvent(new RTCPeerConnectionIceEvent("icecandidate"));
  }

  #tell({ line, mid, index, ufrag, candidate }: Extract<PeerEvent, { type: "candidate" }>): void {
    const { url = null, relayProtocol = null } = candidate;
    const told = new RTCIceCandidate({
      candidate: line,
      sdpMid: mid,
      sdpMLineIndex: index,
      usernameFragment: ufrag,
      relayProtocol,
      url,
    });
    this.dispatchEvent(new RTCPeerConnectionIceEvent("icecandidate", { candidate: told, url }));
  }

  /** The end of a generation is a candidate as well, an empty one (W3C webrtc §4.8.2). */
  #tellEnd(): void {
    const section = this.#peer.localDataSection;
    if (section === undefined) return;
    const candidate = new RTCIceCandidate({
      candidate: "",
      sdpMid: section.mid,
      sdpMLineIndex: section.index,
      usernameFragment: this.#peer.ice.localCredentials.ufrag,
    });
    this.dispatchEvent(new RTCPeerConnectionIceEvent("icecandidate", { candidate }));
  }
}

function wrapped(description: RTCSessionDescriptionInit | undefined): RTCSessionDescription | null {
  return description ? new RTCSessionDescription(description) : null;
}

defineInterface(RTCPeerConnection.prototype, [
  "connectionstatechange",
  "datachannel",
  "icecandidate",
  "icecandidateerror",
  "iceconnectionstatechange",
  "icegatheringstatechange",
  "negotiationneeded",
  "signalingstatechange",
]);
