import type { AlertDescription, DtlsCloseReason, DtlsSession } from "../dtls/index.ts";
import type {
  CandidateError,
  GatheringState,
  IceState,
  LocalCandidate,
  Pair,
} from "../ice/index.ts";
import type { DataChannelEvent } from "../sctp/index.ts";
import type { DtlsTransportState } from "./connection-state.ts";

/** What a transport tells of each of its layers. */
export type TransportEvent =
  | { readonly type: "ice-state"; readonly state: IceState }
  | { readonly type: "gathering"; readonly state: GatheringState }
  | { readonly type: "candidate"; readonly candidate: LocalCandidate }
  | { readonly type: "candidate-error"; readonly error: CandidateError }
  | { readonly type: "selected"; readonly pair: Pair }
  | {
      readonly type: "dtls-state";
      readonly state: DtlsTransportState;
      readonly session?: DtlsSession;
      /** Why it has ended. */
      readonly reason?: DtlsCloseReason;
      readonly alert?: AlertDescription | undefined;
    }
  | DataChannelEvent;

/** What nobody hears of before there is a description that it belongs to. */
export type GatheringEvent = Extract<
  TransportEvent,
  { type: "candidate" | "gathering" | "candidate-error" }
>;

export function isOfGathering(event: TransportEvent): event is GatheringEvent {
  const { type } = event;
  return type === "candidate" || type === "gathering" || type === "candidate-error";
}
