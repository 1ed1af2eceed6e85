/** Offer, answer, and the transport of data channels between two peers (RFC 9429, RFC 8831, RFC 7983). */
export type { CandidateStyle } from "./candidate-line.ts";
export type { CandidateInit } from "./candidate-place.ts";
export * from "./connection-state.ts";
export type { LocalCandidates } from "./local-parameters.ts";
export type { Agreement } from "./negotiation.ts";
export * from "./packet-kind.ts";
export type { TransportCounters } from "./pair-traffic.ts";
export * from "./peer-connection.ts";
export * from "./peer-error.ts";
export type { PeerEvent } from "./peer-event.ts";
export * from "./peer-transport.ts";
export type { RemoteEnd } from "./remote-end.ts";
export * from "./signaling-state.ts";
export type { TransportEvent } from "./transport-event.ts";
