/** Interactive Connectivity Establishment (RFC 8445) with trickling (RFC 8838) and consent (RFC 7675). */
export * from "./agent.ts";
export * from "./agent-event.ts";
export type { IceAgentOptions } from "./agent-options.ts";
export { IceControlled, IceControlling, Priority, UseCandidate } from "./attributes.ts";
export type { Base } from "./base.ts";
export * from "./candidate.ts";
export { generateCredentials, type IceCredentials } from "./credentials.ts";
export { framed, PacketFramer } from "./framing.ts";
export type { StunServerAddress } from "./gatherer.ts";
export { remoteCandidateLimit } from "./known-candidates.ts";
export { comparePairs, Pair, type PairState } from "./pair.ts";
export type { TurnServerAddress } from "./relays.ts";
export type { IceRole } from "./role.ts";
