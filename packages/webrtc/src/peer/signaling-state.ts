/** RTCSignalingState (W3C webrtc §4.3.1). */
export type SignalingState =
  | "stable"
  | "have-local-offer"
  | "have-remote-offer"
  | "have-local-pranswer"
  | "have-remote-pranswer"
  | "closed";

/** RTCSdpType (W3C webrtc §4.6.1). */
export type DescriptionType = "offer" | "pranswer" | "answer" | "rollback";

/** Whose description is set. */
export type Side = "local" | "remote";

/** The state after a description is set, or `undefined` where it cannot be set (RFC 9429 §3.2, figure 2). */
export function nextSignalingState(
  state: SignalingState,
  side: Side,
  type: DescriptionType,
): SignalingState | undefined {
  const other: Side = side === "local" ? "remote" : "local";
  switch (type) {
    case "offer":
      return state === "stable" || state === `have-${side}-offer`
        ? `have-${side}-offer`
        : undefined;
    case "pranswer":
      return state === `have-${other}-offer` || state === `have-${side}-pranswer`
        ? `have-${side}-pranswer`
        : undefined;
    case "answer":
      return state === `have-${other}-offer` || state === `have-${side}-pranswer`
        ? "stable"
        : undefined;
    case "rollback":
      return state === `have-${side}-offer` ? "stable" : undefined;
  }
}
