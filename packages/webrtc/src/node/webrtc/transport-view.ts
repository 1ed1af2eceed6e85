import { alertCode, type DtlsSession } from "../../dtls/index.ts";
import type { GatheringState, IceState, LocalCandidate, Pair } from "../../ice/index.ts";
import type { DtlsTransportState, PeerConnection, TransportEvent } from "../../peer/index.ts";
import { IceView } from "./ice-view.ts";
import { RTCError, RTCErrorEvent, type RTCErrorInit } from "./rtc-error.ts";
import type { RTCIceCandidate } from "./rtc-ice-candidate.ts";
import {
  RTCDtlsTransport,
  RTCIceTransport,
  RTCSctpTransport,
  type RTCSctpTransportState,
} from "./transports.ts";
import { internal } from "./web-idl.ts";

/** The transports of a connection as its user sees them, each kept in the state that it was told last. */
export class TransportView {
  readonly #peer: PeerConnection;
  readonly #ice: { readonly shown: RTCIceTransport; readonly source: IceView };
  readonly #dtls: RTCDtlsTransport;
  readonly #dtlsSource: {
    readonly iceTransport: RTCIceTransport;
    state: DtlsTransportState;
    remoteCertificates: readonly Uint8Array[];
  };
  #session: DtlsSession | undefined;
  #selectedPairChanges = 0;
  #sctp: { readonly shown: RTCSctpTransport; readonly source: SctpSource } | undefined;

  constructor(peer: PeerConnection) {
    this.#peer = peer;
    const source = new IceView(peer);
    const iceTransport = new RTCIceTransport(internal, source);
    this.#ice = { shown: iceTransport, source };
    this.#dtlsSource = { iceTransport, state: "new", remoteCertificates: [] };
    this.#dtls = new RTCDtlsTransport(internal, this.#dtlsSource);
  }

  get sctp(): RTCSctpTransport | null {
    return this.#sctp?.shown ?? null;
  }

  get iceState(): IceState {
    return this.#ice.source.state;
  }

  get dtlsState(): DtlsTransportState {
    return this.#dtlsSource.state;
  }

  /** What DTLS has agreed on, as soon as it has. */
  get session(): DtlsSession | undefined {
    return this.#session;
  }

  get selectedPairChanges(): number {
    return this.#selectedPairChanges;
  }

  /** Data channels are on offer, or agreed upon: also what the other side says of them may have changed. */
  showSctp(): void {
    this.#sctp ??= this.#newSctp();
    this.#sctp.source.maxMessageSize = this.#maxMessageSize;
  }

  /** There are no data channels any more, or there never were. */
  hideSctp(): void {
    this.setSctp("closed");
    this.#sctp = undefined;
  }

  /** A candidate of this side was told: those are what the transport says it has. */
  told(candidate: LocalCandidate, told: RTCIceCandidate): void {
    this.#ice.source.tell(candidate, told);
  }

  /** Without the event, which is due when all states that follow from this one are set. */
  setIce(state: IceState): void {
    this.#ice.source.state = state;
  }

  fireIce(): void {
    this.#ice.shown.dispatchEvent(new Event("statechange"));
  }

  setGathering(state: GatheringState): void {
    this.#ice.source.gatheringState = state;
    this.#ice.shown.dispatchEvent(new Event("gatheringstatechange"));
  }

  select(pair: Pair): void {
    this.#selectedPairChanges += 1;
    this.#ice.source.select(pair);
    this.#ice.shown.dispatchEvent(new Event("selectedcandidatepairchange"));
  }

  setDtls(event: Extract<TransportEvent, { type: "dtls-state" }>): void {
    const { state, session } = event;
    this.#dtlsSource.state = state;
    // Another association is with another peer, and has a transport of its own (W3C webrtc §4.4.1.5).
    if (state === "new") this.#sctp &&= this.#newSctp();
    if (state === "new" || session !== undefined) {
      this.#session = session;
      this.#dtlsSource.remoteCertificates = session?.peerCertificates ?? [];
    }
    if (state === "failed") {
      const error = new RTCError(errorOf(event), `DTLS failed: ${event.reason ?? "unknown"}.`);
      this.#dtls.dispatchEvent(new RTCErrorEvent("error", { error }));
    }
    this.#dtls.dispatchEvent(new Event("statechange"));
  }

  setSctp(state: "connected" | "closed"): void {
    if (this.#sctp === undefined || this.#sctp.source.state === state) return;
    const { shown, source } = this.#sctp;
    source.state = state;
    if (state === "connected") source.maxChannels = this.#peer.transport.channels.maxChannels;
    shown.dispatchEvent(new Event("statechange"));
  }

  /** With the connection, and without a word (W3C webrtc §4.4.1.6). */
  close(): void {
    this.#ice.source.state = "closed";
    this.#dtlsSource.state = "closed";
    if (this.#sctp !== undefined) this.#sctp.source.state = "closed";
  }

  #newSctp(): { readonly shown: RTCSctpTransport; readonly source: SctpSource } {
    const source: SctpSource = {
      transport: this.#dtls,
      state: "connecting",
      maxMessageSize: this.#maxMessageSize,
      maxChannels: null,
    };
    return { shown: new RTCSctpTransport(internal, source), source };
  }

  /** W3C webrtc §6.1.1.2: 0 of the other side stands for any size, as does what it has not said yet. */
  get #maxMessageSize(): number {
    return this.#peer.transport.terms?.maxMessageSize || Number.POSITIVE_INFINITY;
  }
}

interface SctpSource {
  readonly transport: RTCDtlsTransport;
  state: RTCSctpTransportState;
  maxMessageSize: number;
  maxChannels: number | null;
}

/** W3C webrtc §11.2 */
function errorOf({ reason, alert }: Extract<TransportEvent, { type: "dtls-state" }>): RTCErrorInit {
  if (reason === "fingerprint-mismatch") return { errorDetail: "fingerprint-failure" };
  const number = alert && alertCode(alert);
  if (number === undefined) return { errorDetail: "dtls-failure" };
  const which = reason === "alert-received" ? "receivedAlert" : "sentAlert";
  return { errorDetail: "dtls-failure", [which]: number };
}
