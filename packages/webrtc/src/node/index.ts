/** Sockets, clock and cryptography of Node for the protocols of this package. */
export * from "./binding-listener.ts";
export { now } from "./clock.ts";
export { nodeCrypto } from "./crypto.ts";
export * from "./discover-nat.ts";
export * from "./drive-machine.ts";
export { nodeDtlsCrypto } from "./dtls-crypto.ts";
export {
  generateEcdsaKey,
  generateRsaKey,
  importPem,
  importPkcs8,
  type NodeSigningKey,
} from "./dtls-keys.ts";
export { resolveStunServer } from "./resolve-stun-server.ts";
export * from "./stun-client.ts";
export * from "./turn/index.ts";
export * from "./udp-socket.ts";
export * from "./webrtc/index.ts";
