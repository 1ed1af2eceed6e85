import type { StunFault } from "../stun/index.ts";
import type { ChannelDataFault } from "./channel-data.ts";
import type { ClientTransport } from "./five-tuple.ts";
import type { TurnErrorNumber } from "./methods.ts";
import type { StreamFault } from "./stream-framer.ts";

/** Why a message or datagram was dropped without an answer. */
export type DropReason =
  | StunFault
  | ChannelDataFault
  | StreamFault
  | "bad-fingerprint"
  | "unexpected-message"
  | "malformed-indication"
  | "no-allocation"
  | "no-channel"
  | "no-permission"
  | "peer-refused"
  | "no-relay-of-family"
  | "rate-limited"
  | "bandwidth"
  | "backlog";

/** Packets and their bytes of payload. */
export class Traffic {
  packets = 0;
  bytes = 0;

  count(bytes: number): void {
    this.packets += 1;
    this.bytes += bytes;
  }
}

/** What the server has done since it started, in plain numbers. */
export class Counters {
  readonly fromClients: Readonly<Record<ClientTransport, Traffic>> = perTransport();
  readonly toClients: Readonly<Record<ClientTransport, Traffic>> = perTransport();
  readonly fromPeers: Traffic = new Traffic();
  readonly toPeers: Traffic = new Traffic();
  readonly drops: Partial<Record<DropReason, number>> = {};
  /** Error responses by code: 401 are challenges too, wrong credentials are `authFailures`. */
  readonly refusals: Partial<Record<TurnErrorNumber, number>> = {};
  allocationsMade = 0;
  authFailures = 0;

  drop(reason: DropReason): void {
    this.drops[reason] = (this.drops[reason] ?? 0) + 1;
  }

  refuse(code: TurnErrorNumber): void {
    this.refusals[code] = (this.refusals[code] ?? 0) + 1;
  }
}

/** What `stats()` answers: the counters, and what there is at the moment. */
export interface TurnStats {
  readonly counters: Counters;
  readonly allocations: number;
  readonly users: number;
  readonly permissions: number;
  readonly channels: number;
  readonly reservations: number;
  readonly tickets: number;
  readonly relayPorts: number;
  readonly tcpConnections: number;
  readonly isDraining: boolean;
}

function perTransport(): Record<ClientTransport, Traffic> {
  return { udp: new Traffic(), tcp: new Traffic(), tls: new Traffic(), dtls: new Traffic() };
}
