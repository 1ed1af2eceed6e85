/** The W3C's WebRTC API for data channels, on Node's sockets (W3C webrtc). */
export type { NodeConfiguration, RTCConfiguration, RTCIceServer } from "./configuration.ts";
export type { Handler } from "./event-target.ts";
export {
  RTCDataChannelEvent,
  type RTCDataChannelEventInit,
  RTCPeerConnectionIceErrorEvent,
  type RTCPeerConnectionIceErrorEventInit,
  RTCPeerConnectionIceEvent,
  type RTCPeerConnectionIceEventInit,
} from "./events.ts";
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
export {
  RTCError,
  type RTCErrorDetailType,
  RTCErrorEvent,
  type RTCErrorEventInit,
  type RTCErrorInit,
} from "./rtc-error.ts";
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
export { type RTCStats, RTCStatsReport } from "./rtc-stats-report.ts";
export type { RTCOfferOptions } from "./signaling-operations.ts";
export {
  RTCDtlsTransport,
  type RTCDtlsTransportEventMap,
  RTCIceCandidatePair,
  type RTCIceParameters,
  type RTCIceRole,
  RTCIceTransport,
  type RTCIceTransportEventMap,
  RTCSctpTransport,
  type RTCSctpTransportState,
} from "./transports.ts";
