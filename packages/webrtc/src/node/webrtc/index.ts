/** The W3C's WebRTC API for data channels, on Node's sockets (W3C webrtc). */
export type { NodeConfiguration, RTCConfiguration, RTCIceServer } from "./configuration.ts";
export type { Handler } from "./event-target.ts";
export * from "./events.ts";
export {
  RTCCertificate,
  type RTCCertificateAlgorithm,
  type RTCDtlsFingerprint,
} from "./rtc-certificate.ts";
export {
  RTCDataChannel,
  type RTCDataChannelEventMap,
  type RTCDataChannelInit,
} from "./rtc-data-channel.ts";
export { RTCDataChannelEvent, type RTCDataChannelEventInit } from "./rtc-data-channel-event.ts";
export * from "./rtc-error.ts";
export {
  RTCIceCandidate,
  type RTCIceCandidateInit,
  type RTCLocalIceCandidateInit,
} from "./rtc-ice-candidate.ts";
export { RTCPeerConnection, type RTCPeerConnectionEventMap } from "./rtc-peer-connection.ts";
export {
  type RTCLocalSessionDescriptionInit,
  type RTCSdpType,
  RTCSessionDescription,
  type RTCSessionDescriptionInit,
} from "./rtc-session-description.ts";
export type { RTCOfferOptions } from "./signaling-operations.ts";
export type { RTCStats, RTCStatsReport } from "./stats-report.ts";
export * from "./transports.ts";
