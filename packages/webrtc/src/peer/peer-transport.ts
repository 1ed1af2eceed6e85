import {
  type DtlsCloseReason,
  DtlsConnection,
  type DtlsCrypto,
  type DtlsEvent,
  type LocalCertificate,
  srtpProfiles,
} from "../dtls/index.ts";
import {
  IceAgent,
  type IceAgentOptions,
  type IceEvent,
  type IcePacket,
  type Pair,
} from "../ice/index.ts";
import { DataChannels } from "../sctp/index.ts";
import {
  earliest,
  type Fingerprint,
  type Instant,
  type Machine,
  type Output,
  Outputs,
} from "../wire/index.ts";
import type { DtlsTransportState } from "./connection-state.ts";
import { HeldPackets } from "./held-packets.ts";
import { packetKind } from "./packet-kind.ts";
import { PairTraffic, type TransportCounters } from "./pair-traffic.ts";
import { sendSlab } from "./send-slab.ts";
import type { TransportEvent } from "./transport-event.ts";

/** What a transport is made with. */
export interface PeerTransportOptions extends Omit<IceAgentOptions, "crypto"> {
  readonly crypto: DtlsCrypto;
  readonly certificate: LocalCertificate;
  /** The largest message that is taken in (RFC 8841 §6). */
  readonly maxMessageSize: number;
}

/** What offer and answer settle about the layers above ICE. */
export interface PeerTransportTerms {
  readonly dtlsRole: "client" | "server";
  /** Whether they are those of another DTLS association than before. */
  readonly isNew: boolean;
  readonly fingerprints: readonly Fingerprint[];
  readonly sctpPort: number;
  /** The largest message that the other side takes; 0 stands for any. */
  readonly maxMessageSize: number;
}

/** The first wait of DTLS on a way whose round trip isn't known, and its bounds where it is. */
const dtlsRtoMs = { default: 500, least: 100, most: 1000 };

/**
 * The one transport of a bundled session: ICE below, DTLS on it, SCTP with data channels on top.
 *
 * `poll` moves packets between the layers only as far as it is asked, so that nothing queues up here.
 */
export class PeerTransport implements Machine<IcePacket, TransportEvent> {
  readonly ice: IceAgent;
  readonly counters: TransportCounters = {
    packetsSent: 0,
    packetsReceived: 0,
    bytesSent: 0,
    bytesReceived: 0,
  };
  readonly pairTraffic: PairTraffic = new PairTraffic(this.counters);
  readonly #options: PeerTransportOptions;
  readonly #outputs = new Outputs<IcePacket, TransportEvent>();
  readonly #held = new HeldPackets();
  readonly #scratch: Uint8Array;
  #channels: DataChannels;
  #dtls: DtlsConnection | undefined;
  #dtlsState: DtlsTransportState = "new";
  #terms: PeerTransportTerms | undefined;
  #lastPair: Pair | undefined;
  /** The pair that is selected leads to the peer of the association before. */
  #isPairOutdated = false;
  #now: Instant = 0;

  constructor(options: PeerTransportOptions) {
    this.#options = options;
    this.ice = new IceAgent(options);
    this.#channels = newChannels(options);
    this.#scratch = new Uint8Array(this.channels.association.maxPacketSize);
  }

  /** Those of the association that is, or is to be; another one has channels of its own. */
  get channels(): DataChannels {
    return this.#channels;
  }

  get dtlsState(): DtlsTransportState {
    return this.#dtlsState;
  }

  get dtlsRole(): "client" | "server" | undefined {
    return this.#terms?.dtlsRole;
  }

  /** What offer and answer have settled, as it stands now. */
  get terms(): PeerTransportTerms | undefined {
    return this.#terms;
  }

  /** The pair that packets go over, or went over last. */
  get selectedPair(): Pair | undefined {
    return this.ice.selectedPair ?? this.#lastPair;
  }

  get deadline(): Instant | undefined {
    return earliest(this.ice.deadline, this.#dtls?.deadline, this.channels.deadline);
  }

  /** Offer and answer are there: DTLS begins as soon as ICE has found a way. Later terms change what can be changed. */
  establish(terms: PeerTransportTerms, now: Instant): void {
    this.#now = now;
    if (this.#terms !== undefined && terms.isNew) this.#endAssociation();
    this.channels.setRemoteMaxMessageSize(terms.maxMessageSize);
    if (terms.isNew) this.channels.association.setRemotePort(terms.sctpPort);
    this.#terms = terms;
    this.channels.setRole(terms.dtlsRole);
    this.#begin();
  }

  /** Offer and answer have let go of the data channels: what comes after is a session of its own (RFC 8841 §10.3). */
  endSession(now: Instant): void {
    this.#now = now;
    this.#endAssociation();
    this.#terms = undefined;
    this.#lastPair = undefined;
    this.#isPairOutdated = false;
  }

  /** Takes leave of the peer of before, and its channels with it (RFC 8842 §5.5, RFC 8841 §10.3). */
  #endAssociation(): void {
    this.channels.abort(this.#now);
    while (this.#passSctp());
    for (let event = this.channels.pollEvent(); event; event = this.channels.pollEvent()) {
      this.#outputs.event(event);
    }
    // A goodbye in clear, from the middle of a handshake, would end the next one if it came late.
    if (this.#dtlsState === "connected") {
      this.#dtls?.close();
      for (let output = this.#dtls?.poll(); output; output = this.#dtls?.poll()) {
        if (output.type === "packet") this.#send(output.packet);
      }
    }
    this.#dtls = undefined;
    this.#dtlsState = "new";
    this.#outputs.event({ type: "dtls-state", state: "new" });
    this.#channels = newChannels(this.#options);
    this.#held.take();
    this.ice.leavePrevious(this.#now);
    this.#isPairOutdated = true;
  }

  /** Ends all layers, each with its goodbye to the other side. */
  close(now: Instant): void {
    this.#now = now;
    this.channels.abort(now);
    while (this.#passSctp());
    this.#dtls?.close();
    this.#passDtls();
    this.ice.close(now);
    this.#setDtlsState({ state: "closed" });
  }

  receive(packet: IcePacket, now: Instant): void {
    this.#now = now;
    this.ice.receive(packet, now);
  }

  handleTimeout(now: Instant): void {
    this.#now = now;
    if ((this.ice.deadline ?? Number.POSITIVE_INFINITY) <= now) this.ice.handleTimeout(now);
    if ((this.#dtls?.deadline ?? Number.POSITIVE_INFINITY) <= now) this.#dtls?.handleTimeout(now);
    if ((this.channels.deadline ?? Number.POSITIVE_INFINITY) <= now)
      this.channels.handleTimeout(now);
  }

  poll(): Output<IcePacket, TransportEvent> | undefined {
    for (;;) {
      const own = this.#outputs.poll();
      if (own !== undefined) return own;
      const below = this.ice.poll();
      if (below?.type === "packet") return below;
      if (below !== undefined) this.#handleIce(below.event);
      else if (!this.#passDtls()) {
        const event = this.channels.pollEvent();
        if (event !== undefined) return { type: "event", event };
        if (!this.#passSctp()) return undefined;
      }
    }
  }

  #handleIce(event: IceEvent): void {
    switch (event.type) {
      case "data":
        this.#receive(event.bytes);
        break;
      case "state":
        this.#outputs.event({ type: "ice-state", state: event.state });
        break;
      case "selected":
        this.#lastPair = event.pair;
        this.#isPairOutdated = false;
        this.pairTraffic.select(event.pair);
        this.#outputs.event(event);
        this.#begin();
        this.channels.association.resume(this.#now);
        break;
      default:
        this.#outputs.event(event);
    }
  }

  #receive(packet: Uint8Array): void {
    this.counters.packetsReceived += 1;
    this.counters.bytesReceived += packet.length;
    if (packetKind(packet) !== "dtls" || this.#dtlsState === "closed") return;
    if (this.#dtls === undefined) this.#held.hold(packet);
    else this.#dtls.receive(packet, this.#now);
  }

  /** Both sides have said who they are, and there is a way between them. */
  #begin(): void {
    const pair = this.ice.selectedPair;
    const terms = this.#terms;
    if (this.#dtls !== undefined || terms === undefined || pair === undefined) return;
    if (this.#dtlsState !== "new" || this.#isPairOutdated) return;
    const { crypto, certificate } = this.#options;
    const rtoMs = pair.rttMs === undefined ? dtlsRtoMs.default : 50 + 3 * pair.rttMs;
    this.#dtls = new DtlsConnection({
      role: terms.dtlsRole,
      crypto,
      certificate,
      // Offered and taken without media too, as browsers do: some will not speak SCTP without it.
      srtpProfiles,
      remoteFingerprints: terms.fingerprints,
      initialRtoMs: Math.min(Math.max(rtoMs, dtlsRtoMs.least), dtlsRtoMs.most),
    });
    this.#setDtlsState({ state: "connecting" });
    this.#dtls.start(this.#now);
    for (const packet of this.#held.take()) this.#dtls.receive(packet, this.#now);
  }

  /** Lets DTLS say what it has to; answers whether there was anything. */
  #passDtls(): boolean {
    let hasPassed = false;
    for (let output = this.#dtls?.poll(); output !== undefined; output = this.#dtls?.poll()) {
      hasPassed = true;
      if (output.type === "packet") this.#send(output.packet);
      else this.#handleDtls(output.event);
    }
    return hasPassed;
  }

  #handleDtls(event: DtlsEvent): void {
    switch (event.type) {
      case "data":
        this.channels.receive(event.data, this.#now);
        break;
      case "connected":
        this.#setDtlsState({ state: "connected", session: event.session });
        this.channels.start(this.#now);
        break;
      case "closed":
        this.channels.abort(this.#now);
        this.#setDtlsState({
          state: isOrderly(event.reason) ? "closed" : "failed",
          reason: event.reason,
          alert: event.alert,
        });
    }
  }

  /** Seals the next packet of SCTP into the place that it is sent from. */
  #passSctp(): boolean {
    const dtls = this.#dtls;
    if (dtls === undefined || dtls.state !== "connected") return false;
    const length = this.channels.pollInto(this.#scratch, 0);
    if (length === 0) return false;
    const room = length + dtls.overhead;
    const { bytes, at } = sendSlab.reserve(room);
    const sealed = dtls.seal(this.#scratch.subarray(0, length), bytes, at);
    if (sealed > 0) this.#send(sendSlab.take(sealed));
    return true;
  }

  #send(bytes: Uint8Array): void {
    this.counters.packetsSent += 1;
    this.counters.bytesSent += bytes.length;
    this.ice.send(bytes, this.#now);
  }

  #setDtlsState(event: Omit<Extract<TransportEvent, { type: "dtls-state" }>, "type">): void {
    if (event.state === this.#dtlsState || this.#dtlsState === "closed") return;
    this.#dtlsState = event.state;
    this.#outputs.event({ type: "dtls-state", ...event });
  }
}

function newChannels({ crypto, maxMessageSize }: PeerTransportOptions): DataChannels {
  // Whether the other side is there is for ICE to say, and an ICE restart may find it again.
  return new DataChannels({ crypto, maxMessageSize, maxTimeouts: Number.POSITIVE_INFINITY });
}

function isOrderly(reason: DtlsCloseReason): boolean {
  return reason === "closed" || reason === "closed-by-peer";
}
