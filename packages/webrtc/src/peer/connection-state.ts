import type { IceState } from "../ice/index.ts";

/** RTCDtlsTransportState (W3C webrtc §5.5.1). */
export type DtlsTransportState = "new" | "connecting" | "connected" | "closed" | "failed";

/** RTCPeerConnectionState (W3C webrtc §4.3.3). */
export type ConnectionState =
  | "new"
  | "connecting"
  | "connected"
  | "disconnected"
  | "failed"
  | "closed";

/** The state of a connection with one transport, or with none yet, as W3C webrtc §4.3.3 sums it up. */
export function connectionState(ice: IceState, dtls: DtlsTransportState): ConnectionState {
  if (ice === "failed" || dtls === "failed") return "failed";
  if (ice === "disconnected") return "disconnected";
  const isNew = (state: string): boolean => state === "new" || state === "closed";
  if (isNew(ice) && isNew(dtls)) return "new";
  const isIceUp = ice === "connected" || ice === "completed" || ice === "closed";
  return isIceUp && (dtls === "connected" || dtls === "closed") ? "connected" : "connecting";
}
