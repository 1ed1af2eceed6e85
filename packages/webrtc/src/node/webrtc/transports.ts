import type { GatheringState, IceRole, IceState } from "../../ice/index.ts";
import type { DtlsTransportState } from "../../peer/index.ts";
import { defineHandlers, type Handler, TypedEventTarget } from "./event-target.ts";
import type { RTCErrorEvent } from "./rtc-error.ts";
import type { RTCIceCandidate } from "./rtc-ice-candidate.ts";
import { defineInterface } from "./web-idl.ts";

/** W3C webrtc §5.6.1 */
export interface RTCIceCandidatePair {
  readonly local: RTCIceCandidate;
  readonly remote: RTCIceCandidate;
}

/** W3C webrtc §5.6.2 */
export interface RTCIceParameters {
  usernameFragment: string;
  password: string;
}

/** Where a transport's figures come from. */
export interface IceTransportSource {
  readonly role: IceRole;
  readonly localParameters: RTCIceParameters | null;
  readonly remoteParameters: RTCIceParameters | null;
  readonly localCandidates: RTCIceCandidate[];
  readonly remoteCandidates: RTCIceCandidate[];
  readonly selectedPair: RTCIceCandidatePair | null;
}

export interface RTCIceTransportEventMap {
  statechange: Event;
  gatheringstatechange: Event;
  selectedcandidatepairchange: Event;
}

/** W3C webrtc §5.6 */
export class RTCIceTransport extends TypedEventTarget<RTCIceTransportEventMap> {
  declare onstatechange: Handler<RTCIceTransport, Event>;
  declare ongatheringstatechange: Handler<RTCIceTransport, Event>;
  declare onselectedcandidatepairchange: Handler<RTCIceTransport, Event>;
  /** One component carries everything, since RTCP is multiplexed. */
  readonly component = "rtp" as const;
  state: IceState = "new";
  gatheringState: GatheringState = "new";
  readonly #source: IceTransportSource;

  /** Not to be called: transports come with their connection. */
  constructor(source: IceTransportSource) {
    super();
    this.#source = source;
  }

  get role(): IceRole {
    return this.#source.role;
  }

  getLocalCandidates(): RTCIceCandidate[] {
    return this.#source.localCandidates;
  }

  getRemoteCandidates(): RTCIceCandidate[] {
    return this.#source.remoteCandidates;
  }

  getSelectedCandidatePair(): RTCIceCandidatePair | null {
    return this.#source.selectedPair;
  }

  getLocalParameters(): RTCIceParameters | null {
    return this.#source.localParameters;
  }

  getRemoteParameters(): RTCIceParameters | null {
    return this.#source.remoteParameters;
  }
}

export interface RTCDtlsTransportEventMap {
  statechange: Event;
  error: RTCErrorEvent;
}

/** W3C webrtc §5.5 */
export class RTCDtlsTransport extends TypedEventTarget<RTCDtlsTransportEventMap> {
  declare onstatechange: Handler<RTCDtlsTransport, Event>;
  declare onerror: Handler<RTCDtlsTransport, RTCErrorEvent>;
  readonly iceTransport: RTCIceTransport;
  state: DtlsTransportState = "new";
  remoteCertificates: readonly Uint8Array[] = [];

  /** Not to be called: transports come with their connection. */
  constructor(iceTransport: RTCIceTransport) {
    super();
    this.iceTransport = iceTransport;
  }

  /** The other side's certificates in DER, once they are verified. */
  getRemoteCertificates(): ArrayBuffer[] {
    return this.remoteCertificates.map((bytes) => Uint8Array.from(bytes).buffer);
  }
}

/** W3C webrtc §6.1 */
export type RTCSctpTransportState = "connecting" | "connected" | "closed";

/** W3C webrtc §6.1 */
export class RTCSctpTransport extends TypedEventTarget<{ statechange: Event }> {
  declare onstatechange: Handler<RTCSctpTransport, Event>;
  readonly #transport: RTCDtlsTransport;
  #state: RTCSctpTransportState = "connecting";
  #maxMessageSize = Number.POSITIVE_INFINITY;
  #maxChannels: number | null = null;

  /** Not to be called: transports come with their connection. */
  constructor(transport: RTCDtlsTransport) {
    super();
    if (!transport) throw new TypeError("Illegal constructor.");
    this.#transport = transport;
  }

  get transport(): RTCDtlsTransport {
    return this.#transport;
  }

  get state(): RTCSctpTransportState {
    return this.#state;
  }

  /** The largest message that can be sent. */
  get maxMessageSize(): number {
    return this.#maxMessageSize;
  }

  get maxChannels(): number | null {
    return this.#maxChannels;
  }

  /** What the connection tells the transport; not for others. */
  static readonly inside: SctpTransportInside = {
    connected: (sctp, maxChannels) => {
      sctp.#state = "connected";
      sctp.#maxChannels = maxChannels;
    },
    closed: (sctp) => {
      sctp.#state = "closed";
    },
    setMaxMessageSize: (sctp, bytes) => {
      sctp.#maxMessageSize = bytes;
    },
  };
}

/** How a connection moves its transport of channels. */
export interface SctpTransportInside {
  connected(sctp: RTCSctpTransport, maxChannels: number): void;
  closed(sctp: RTCSctpTransport): void;
  setMaxMessageSize(sctp: RTCSctpTransport, bytes: number): void;
}

defineHandlers(RTCIceTransport.prototype, [
  "statechange",
  "gatheringstatechange",
  "selectedcandidatepairchange",
]);
defineHandlers(RTCDtlsTransport.prototype, ["statechange", "error"]);
defineHandlers(RTCSctpTransport.prototype, ["statechange"]);
defineInterface("RTCIceTransport", RTCIceTransport);
defineInterface("RTCDtlsTransport", RTCDtlsTransport);
defineInterface("RTCSctpTransport", RTCSctpTransport);
