import type { Crypto } from "../wire/index.ts";
import type { IceCredentials } from "./credentials.ts";
import type { StunServerAddress } from "./gatherer.ts";
import type { TurnServerAddress } from "./relays.ts";
import type { IceRole } from "./role.ts";

/** What an agent is made with. */
export interface IceAgentOptions {
  readonly crypto: Crypto;
  readonly role: IceRole;
  /** What the first generation is known by, where signaling has told it already. */
  readonly credentials?: IceCredentials;
  /** A lite agent answers checks and makes none; for servers with public addresses (RFC 8445 §2.5). */
  readonly isLite?: boolean;
  readonly stunServers?: readonly StunServerAddress[];
  /** Those over TCP and TLS are asked once `addServerConnection` brings the connection. */
  readonly turnServers?: readonly TurnServerAddress[];
  /** `relay` keeps every address but the relay's to itself (W3C WebRTC §4.2.3). */
  readonly policy?: "all" | "relay";
  /** Ta, 50 ms unless the network is known to bear more (RFC 8445 §14.2). */
  readonly paceMs?: number;
  /** How long failure is held back while the other side may still be heard of (RFC 8863 §4). */
  readonly patienceMs?: number;
}

/** Ta (RFC 8445 §14.2) */
export const defaultPaceMs: number = 50;

/** The time that a check takes to be given up with the default RTO (RFC 8863 §4). */
export const defaultPatienceMs: number = 39_500;
