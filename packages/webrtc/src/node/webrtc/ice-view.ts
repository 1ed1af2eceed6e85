import type { GatheringState, IceState, LocalCandidate, Pair } from "../../ice/index.ts";
import type { PeerConnection } from "../../peer/index.ts";
import { parseCandidate, writeCandidate } from "../../sdp/index.ts";
import { RTCIceCandidate } from "./rtc-ice-candidate.ts";
import {
  type IceTransportSource,
  RTCIceCandidatePair,
  type RTCIceParameters,
  type RTCIceRole,
} from "./transports.ts";
import { internal } from "./web-idl.ts";

/** What a user may know of ICE: the candidates that were told on either side, and none that was only seen. */
export class IceView implements IceTransportSource {
  state: IceState = "new";
  gatheringState: GatheringState = "new";
  readonly #peer: PeerConnection;
  readonly #told = new Map<LocalCandidate, RTCIceCandidate>();
  #selected: Pair | undefined;
  #selectedPair: RTCIceCandidatePair | null = null;

  constructor(peer: PeerConnection) {
    this.#peer = peer;
  }

  get role(): RTCIceRole {
    return this.#peer.ice.role;
  }

  /** W3C webrtc §5.6, getLocalParameters: those that were set as a local description. */
  get localParameters(): RTCIceParameters | null {
    if (this.#peer.localDataSection === undefined) return null;
    const { ufrag, password } = this.#peer.ice.localCredentials;
    return { usernameFragment: ufrag, password };
  }

  get remoteParameters(): RTCIceParameters | null {
    const { remoteEnd } = this.#peer;
    return remoteEnd ? { usernameFragment: remoteEnd.ufrag, password: remoteEnd.password } : null;
  }

  get localCandidates(): RTCIceCandidate[] {
    return [...this.#told.values()];
  }

  get remoteCandidates(): RTCIceCandidate[] {
    const { remoteEnd } = this.#peer;
    if (remoteEnd === undefined) return [];
    const { mid, index, ufrag, candidates } = remoteEnd;
    return candidates.map(
      (candidate) =>
        new RTCIceCandidate({
          candidate,
          sdpMid: mid,
          sdpMLineIndex: index,
          usernameFragment: ufrag,
        }),
    );
  }

  /** W3C webrtc §5.6, getSelectedCandidatePair: there is none before the first one and after the end. */
  get selectedPair(): RTCIceCandidatePair | null {
    if (this.state === "new" || this.state === "closed") return null;
    if (this.#selected !== undefined) this.#selectedPair ??= this.#pairOf(this.#selected);
    return this.#selectedPair;
  }

  /** A restart begins a list of its own. */
  tell(candidate: LocalCandidate, told: RTCIceCandidate): void {
    const [first] = this.#told.values();
    if (first?.usernameFragment !== told.usernameFragment) this.#told.clear();
    this.#told.set(candidate, told);
  }

  /** The pair is put together when it is asked for, which few do. */
  select(pair: Pair): void {
    this.#selected = pair;
    this.#selectedPair = null;
  }

  #pairOf({ local, remote }: Pair): RTCIceCandidatePair {
    return new RTCIceCandidatePair(
      internal,
      this.#told.get(local) ?? this.#seenLocal(local),
      this.#toldRemote(remote) ?? this.#seenRemote(remote),
    );
  }

  #seenLocal(candidate: LocalCandidate): RTCIceCandidate {
    const section = this.#peer.localDataSection;
    return new RTCIceCandidate({
      candidate: writeCandidate(this.#peer.attributeOf(candidate)),
      sdpMid: section?.mid ?? null,
      sdpMLineIndex: section?.index ?? 0,
      usernameFragment: this.#peer.ice.localCredentials.ufrag,
      relayProtocol: candidate.relayProtocol ?? null,
      url: candidate.url ?? null,
    });
  }

  /** By all but the address, in place of which a name may have been told. */
  #toldRemote(remote: Pair["remote"]): RTCIceCandidate | undefined {
    return this.remoteCandidates.find(({ candidate }) => {
      const parsed = parseCandidate(candidate);
      return (
        parsed.ok &&
        parsed.value.type === remote.type &&
        parsed.value.transport === remote.transport &&
        parsed.value.port === remote.address.port &&
        parsed.value.priority === remote.priority &&
        parsed.value.foundation === remote.foundation
      );
    });
  }

  #seenRemote({ address, ...known }: Pair["remote"]): RTCIceCandidate {
    const section = this.#peer.remoteEnd;
    return new RTCIceCandidate({
      candidate: writeCandidate({
        ...known,
        component: 1,
        address: address.ip,
        port: address.port,
      }),
      sdpMid: section?.mid ?? null,
      sdpMLineIndex: section?.index ?? 0,
      usernameFragment: section?.ufrag ?? null,
    });
  }
}
