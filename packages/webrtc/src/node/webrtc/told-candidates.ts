import type { LocalCandidates, PeerConnection, PeerEvent } from "../../peer/index.ts";
import { RTCIceCandidate } from "./rtc-ice-candidate.ts";

/** The candidates of this side that `icecandidate` events have told: descriptions name these, and no others. */
export class ToldCandidates {
  readonly #generations = new Map<string, LocalCandidates>();

  /** Those of the generation with this user name fragment. */
  of(ufrag: string): LocalCandidates {
    return this.#generations.get(ufrag) ?? nothing;
  }

  add(event: Extract<PeerEvent, { type: "candidate" }>): RTCIceCandidate {
    const { line, mid, index, ufrag, attribute, candidate } = event;
    const told = this.of(ufrag);
    this.#generations.set(ufrag, { ...told, candidates: [...told.candidates, attribute] });
    return new RTCIceCandidate({
      candidate: line,
      sdpMid: mid,
      sdpMLineIndex: index,
      usernameFragment: ufrag,
      relayProtocol: candidate.relayProtocol ?? null,
      url: candidate.url ?? null,
    });
  }

  /** Forgets every other generation: its description is gone, and should it come back, it is gathered for anew. */
  keepOnly(ufrag: string): void {
    for (const known of this.#generations.keys()) {
      if (known !== ufrag) this.#generations.delete(known);
    }
  }

  setComplete(ufrag: string, isComplete: boolean): void {
    this.#generations.set(ufrag, { ...this.of(ufrag), isComplete });
  }
}

const nothing: LocalCandidates = { candidates: [], isComplete: false };

/** The end of a generation is a candidate as well, an empty one (W3C webrtc §4.8.2). */
export function endOfCandidates(peer: PeerConnection): RTCIceCandidate | undefined {
  const section = peer.localDataSection;
  return (
    section &&
    new RTCIceCandidate({
      candidate: "",
      sdpMid: section.mid,
      sdpMLineIndex: section.index,
      usernameFragment: peer.ice.localCredentials.ufrag,
    })
  );
}
