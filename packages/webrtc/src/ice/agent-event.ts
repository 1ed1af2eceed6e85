import type { TransportAddress } from "../wire/index.ts";
import type { BaseId, LocalCandidate } from "./candidate.ts";
import type { Pair } from "./pair.ts";

/** A datagram that leaves from, or arrived at, a base. */
export interface IcePacket {
  readonly base: BaseId;
  /** Where it goes, or where it came from. */
  readonly remote: TransportAddress;
  readonly bytes: Uint8Array;
}

/** The states of `RTCIceTransport` (W3C WebRTC §5.6.4). */
export type IceState =
  | "new"
  | "checking"
  | "connected"
  | "completed"
  | "disconnected"
  | "failed"
  | "closed";

/** The states of `RTCIceGatherer` (W3C WebRTC §5.6.3). */
export type GatheringState = "new" | "gathering" | "complete";

/** What an agent tells. */
export type IceEvent =
  | { readonly type: "state"; readonly state: IceState }
  | { readonly type: "gathering"; readonly state: GatheringState }
  | { readonly type: "candidate"; readonly candidate: LocalCandidate }
  | { readonly type: "candidate-error"; readonly error: CandidateError }
  /** The pair that packets are sent over from now on. */
  | { readonly type: "selected"; readonly pair: Pair }
  /** A packet that is not STUN: DTLS, SRTP or SRTCP (RFC 7983). */
  | { readonly type: "data"; readonly bytes: Uint8Array };

/** A server that gave no candidate (W3C webrtc §4.8.3). */
export interface CandidateError {
  readonly url: string;
  /** A STUN error code, or 701 where the server could not be reached. */
  readonly code: number;
  readonly text: string;
  /** The base that it was asked from, if it could be asked. */
  readonly address: TransportAddress | undefined;
}
