/** Session descriptions: grammar (RFC 8866), and what WebRTC reads in them (RFC 9429). */
export * from "./candidate.ts";
export * from "./description.ts";
export { type ParsedSession, parseSession, type SdpFault } from "./parse-session.ts";
export * from "./session.ts";
export * from "./transport.ts";
export { writeSession } from "./write-session.ts";
