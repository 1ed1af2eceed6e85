/** The virtual world that protocols are tested in: hosts, NATs, loss, delay; seeded. */
export type { Datagram } from "./datagram.ts";
export { Host, type Receive, Socket } from "./host.ts";
export { Link, type LinkOptions } from "./link.ts";
export { MachinePair, type MachinePairOptions, type Side } from "./machine-pair.ts";
export { type Dependence, Nat, type NatKind, type NatOptions, natKinds } from "./nat.ts";
export { Network } from "./network.ts";
export { Random } from "./random.ts";
export { Stream, type StreamHandlers, type StreamSide } from "./stream.ts";
export { type TcpEnd, TcpPath } from "./tcp-path.ts";
export { World } from "./world.ts";
