import type { DtlsCloseReason } from "../../dtls/index.ts";
import type { LocalCandidate, RemoteCandidate } from "../../ice/index.ts";
import { candidateAttribute, type PeerConnection, type TransportEvent } from "../../peer/index.ts";
import { writeCandidate } from "../../sdp/index.ts";
import { RTCError, RTCErrorEvent } from "./rtc-error.ts";
import { RTCIceCandidate } from "./rtc-ice-candidate.ts";
import {
  type IceTransportSource,
  RTCDtlsTransport,
  type RTCIceCandidatePair,
  RTCIceTransport,
  RTCSctpTransport,
} from "./transports.ts";

/** The transports of a connection as its user sees them, each kept in the state that it was told last. */
export class TransportView {
  readonly ice: RTCIceTransport;
  readonly dtls: RTCDtlsTransport;
  sctp: RTCSctpTransport;
  readonly #peer: PeerConnection;

  constructor(peer: PeerConnection) {
    this.#peer = peer;
    this.ice = new RTCIceTransport(iceSource(peer));
    this.ice.gatheringState = peer.ice.gatheringState;
    this.dtls = new RTCDtlsTransport(this.ice);
    this.sctp = new RTCSctpTransport(this.dtls);
    this.updateMaxMessageSize();
  }

  /** W3C webrtc §6.1.1.2: 0 of the other side stands for any size, as does what it has not said yet. */
  updateMaxMessageSize(): void {
    const told = this.#peer.transport.terms?.maxMessageSize ?? 0;
    const size = told === 0 ? Number.POSITIVE_INFINITY : told;
    RTCSctpTransport.inside.setMaxMessageSize(this.sctp, size);
  }

  setDtls(event: Extract<TransportEvent, { type: "dtls-state" }>): void {
    const { state, session, reason } = event;
    this.dtls.state = state;
    if (state === "new") {
      // Another association has a transport of its own (W3C webrtc §4.4.1.5).
      this.sctp = new RTCSctpTransport(this.dtls);
      this.updateMaxMessageSize();
    }
    if (session !== undefined) this.dtls.remoteCertificates = session.peerCertificates;
    if (state === "failed") {
      const errorDetail = isForged(reason) ? "fingerprint-failure" : "dtls-failure";
      const error = new RTCError({ errorDetail }, `DTLS failed: ${reason ?? "unknown"}.`);
      this.dtls.dispatchEvent(new RTCErrorEvent("error", { error }));
    }
    this.dtls.dispatchEvent(new Event("statechange"));
  }

  setSctp(state: "connected" | "closed"): void {
    if (this.sctp.state === state) return;
    const { inside } = RTCSctpTransport;
    if (state === "closed") inside.closed(this.sctp);
    else inside.connected(this.sctp, this.#peer.transport.channels.maxChannels);
    this.sctp.dispatchEvent(new Event("statechange"));
  }

  /** With the connection, and without a word (W3C webrtc §4.4.1.6). */
  close(): void {
    this.ice.state = "closed";
    this.dtls.state = "closed";
    RTCSctpTransport.inside.closed(this.sctp);
  }
}

function isForged(reason: DtlsCloseReason | undefined): boolean {
  return reason === "fingerprint-mismatch";
}

function iceSource(peer: PeerConnection): IceTransportSource {
  const { ice, transport } = peer;
  const place = (): { sdpMid: string | null; sdpMLineIndex: number } => {
    const section = peer.localDataSection;
    return { sdpMid: section?.mid ?? null, sdpMLineIndex: section?.index ?? 0 };
  };
  const local = (candidate: LocalCandidate): RTCIceCandidate =>
    new RTCIceCandidate({
      candidate: writeCandidate(candidateAttribute(candidate, {})),
      ...place(),
      usernameFragment: ice.localCredentials.ufrag,
      relayProtocol: candidate.relayProtocol ?? null,
      url: candidate.url ?? null,
    });
  const remote = (candidate: RemoteCandidate): RTCIceCandidate => {
    const { address, ...known } = candidate;
    return new RTCIceCandidate({
      candidate: writeCandidate({
        ...known,
        component: 1,
        address: address.ip,
        port: address.port,
      }),
      ...place(),
      usernameFragment: ice.remoteCredentials?.ufrag ?? null,
    });
  };
  const isTold = ({ type }: { type: string }): boolean => type !== "prflx";
  return {
    get role() {
      return ice.role;
    },
    get localParameters() {
      const { ufrag, password } = ice.localCredentials;
      return { usernameFragment: ufrag, password };
    },
    get remoteParameters() {
      const credentials = ice.remoteCredentials;
      return credentials
        ? { usernameFragment: credentials.ufrag, password: credentials.password }
        : null;
    },
    get localCandidates() {
      return ice.localCandidates.filter(isTold).map(local);
    },
    get remoteCandidates() {
      return ice.remoteCandidates.filter(isTold).map(remote);
    },
    get selectedPair(): RTCIceCandidatePair | null {
      const pair = transport.selectedPair;
      return pair ? { local: local(pair.local), remote: remote(pair.remote) } : null;
    },
  };
}
