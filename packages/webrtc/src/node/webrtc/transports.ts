import type { GatheringState, IceRole, IceState } from "../../ice/index.ts";
import type { DtlsTransportState } from "../../peer/index.ts";
import { defineHandlers, type Handler, TypedEventTarget } from "./event-target.ts";
import type { RTCErrorEvent } from "./rtc-error.ts";
import type { RTCIceCandidate } from "./rtc-ice-candidate.ts";
import { assertInternal, defineInterface, type internal } from "./web-idl.ts";

/** W3C webrtc §5.6.1 */
export class RTCIceCandidatePair {
  readonly #local: RTCIceCandidate;
  readonly #remote: RTCIceCandidate;

  constructor(...made: [key: typeof internal, local: RTCIceCandidate, remote: RTCIceCandidate]) {
    assertInternal(made[0]);
    [, this.#local, this.#remote] = made;
  }

  get local(): RTCIceCandidate {
    return this.#local;
  }

  get remote(): RTCIceCandidate {
    return this.#remote;
  }
}

/** W3C webrtc §5.6.2 */
export interface RTCIceParameters {
  usernameFragment: string;
  password: string;
}

/** RTCIceRole (W3C webrtc §5.6.5). */
export type RTCIceRole = IceRole | "unknown";

/** Where a transport's figures come from. */
export interface IceTransportSource {
  readonly role: RTCIceRole;
  readonly state: IceState;
  readonly gatheringState: GatheringState;
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
  readonly #source: IceTransportSource;

  constructor(...made: [key: typeof internal, source: IceTransportSource]) {
    super();
    assertInternal(made[0]);
    [, this.#source] = made;
  }

  get role(): RTCIceRole {
    return this.#source.role;
  }

  /** One component carries everything, since RTCP is multiplexed. */
  get component(): "rtp" | "rtcp" {
    return "rtp";
  }

  get state(): IceState {
    return this.#source.state;
  }

  get gatheringState(): GatheringState {
    return this.#source.gatheringState;
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

/** Where a transport's figures come from. */
export interface DtlsTransportSource {
  readonly iceTransport: RTCIceTransport;
  readonly state: DtlsTransportState;
  readonly remoteCertificates: readonly Uint8Array[];
}

export interface RTCDtlsTransportEventMap {
  statechange: Event;
  error: RTCErrorEvent;
}

/** W3C webrtc §5.5 */
export class RTCDtlsTransport extends TypedEventTarget<RTCDtlsTransportEventMap> {
  declare onstatechange: Handler<RTCDtlsTransport, Event>;
  declare onerror: Handler<RTCDtlsTransport, RTCErrorEvent>;
  readonly #source: DtlsTransportSource;

  constructor(...made: [key: typeof internal, source: DtlsTransportSource]) {
    super();
    assertInternal(made[0]);
    [, this.#source] = made;
  }

  get iceTransport(): RTCIceTransport {
    return this.#source.iceTransport;
  }

  get state(): DtlsTransportState {
    return this.#source.state;
  }

  /** The other side's certificates in DER, once they are verified. */
  getRemoteCertificates(): ArrayBuffer[] {
    return this.#source.remoteCertificates.map((bytes) => Uint8Array.from(bytes).buffer);
  }
}

/** W3C webrtc §6.1 */
export type RTCSctpTransportState = "connecting" | "connected" | "closed";

/** Where a transport's figures come from. */
export interface SctpTransportSource {
  readonly transport: RTCDtlsTransport;
  readonly state: RTCSctpTransportState;
  readonly maxMessageSize: number;
  readonly maxChannels: number | null;
}

/** W3C webrtc §6.1 */
export class RTCSctpTransport extends TypedEventTarget<{ statechange: Event }> {
  declare onstatechange: Handler<RTCSctpTransport, Event>;
  readonly #source: SctpTransportSource;

  constructor(...made: [key: typeof internal, source: SctpTransportSource]) {
    super();
    assertInternal(made[0]);
    [, this.#source] = made;
  }

  get transport(): RTCDtlsTransport {
    return this.#source.transport;
  }

  get state(): RTCSctpTransportState {
    return this.#source.state;
  }

  /** The largest message that can be sent. */
  get maxMessageSize(): number {
    return this.#source.maxMessageSize;
  }

  get maxChannels(): number | null {
    return this.#source.maxChannels;
  }
}

defineHandlers(RTCIceTransport.prototype, [
  "statechange",
  "gatheringstatechange",
  "selectedcandidatepairchange",
]);
defineHandlers(RTCDtlsTransport.prototype, ["statechange", "error"]);
defineHandlers(RTCSctpTransport.prototype, ["statechange"]);
for (const one of [RTCIceCandidatePair, RTCIceTransport, RTCDtlsTransport, RTCSctpTransport]) {
  defineInterface(one);
}
