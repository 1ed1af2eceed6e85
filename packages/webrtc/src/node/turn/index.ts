/** The TURN server on Node's sockets. */

export { DgramEngine } from "../udp/dgram-engine.ts";
export type { EngineSocket, UdpEngine } from "../udp/udp-engine.ts";
export { turnAlpnProtocols } from "./client-streams.ts";
export { NodeTurnServer, type NodeTurnStats, startTurnServer } from "./node-turn-server.ts";
export { defaultStreamLimits, type StreamLimits } from "./stream-admission.ts";
export { type FirstByte, judgeFirstByte } from "./stream-listener.ts";
export { TurnBindError } from "./turn-bind-error.ts";
export type {
  BehaviourAddresses,
  NodeTurnServerOptions,
  TurnUsers,
} from "./turn-server-options.ts";
