import type { GatheringState, LocalCandidate } from "../ice/index.ts";
import type { CandidateAttribute } from "../sdp/index.ts";
import type { TransportEvent } from "./transport-event.ts";

/** What a peer connection tells. */
export type PeerEvent =
  | Exclude<TransportEvent, { readonly type: "candidate" | "gathering" }>
  /** Sockets are wanted, servers to be looked up; then `ice.gather` is to be called. */
  | { readonly type: "gather" }
  | { readonly type: "gathering"; readonly state: GatheringState }
  /** A candidate of this side, to be told to the other one. */
  | {
      readonly type: "candidate";
      readonly candidate: LocalCandidate;
      readonly attribute: CandidateAttribute;
      /** The attribute as signaling carries it, without `a=`. */
      readonly line: string;
      readonly mid: string;
      readonly index: number;
      readonly ufrag: string;
    }
  /** A name of multicast DNS is to be looked up; the answer goes to `resolved`. */
  | { readonly type: "resolve"; readonly name: string };
