import type { Instant, TransportAddress } from "../wire/index.ts";
import type { Allocation } from "./allocation.ts";
import type { Relay } from "./relay.ts";
import type { ServerState } from "./server-state.ts";

/** How a peer's address may be reached. */
export interface PeerAccess {
  /** The peer policy allows the address, on any port. */
  readonly isAllowed: boolean;
  /** It is an address of our own: the relays that stand there are reached without the network. */
  readonly isOwn: boolean;
}

/** What a client may do with a peer's address; `undefined` where it is refused (403). */
export function peerAccess(state: ServerState, ip: string): PeerAccess | undefined {
  const isAllowed = state.policy.allows(ip);
  const isOwn = state.addresses.isOwn(ip);
  return isAllowed || isOwn ? { isAllowed, isOwn } : undefined;
}

/** A peer's address from which an allocation takes data (RFC 8656 §9), with the channels bound to its ports. */
export class Permission {
  readonly ip: string;
  readonly allocation: Allocation;
  access: PeerAccess;
  expiresAt: Instant;
  readonly channels: Map<number, Channel> = new Map<number, Channel>();

  constructor(allocation: Allocation, ip: string, access: PeerAccess, expiresAt: Instant) {
    this.allocation = allocation;
    this.ip = ip;
    this.access = access;
    this.expiresAt = expiresAt;
  }

  /** Called when its time is over; while a channel is bound it stays, as a lapsed one. */
  expire(): void {
    this.allocation.permissionLapsed(this);
  }
}

/** A channel bound to a peer (RFC 8656 §12). */
export class Channel {
  readonly number: number;
  readonly peer: TransportAddress;
  readonly permission: Permission;
  /** The relay of the peer's family. */
  readonly relay: Relay;
  expiresAt: Instant;

  constructor(
    number: number,
    peer: TransportAddress,
    permission: Permission,
    relay: Relay,
    expiresAt: Instant,
  ) {
    this.number = number;
    this.peer = peer;
    this.permission = permission;
    this.relay = relay;
    this.expiresAt = expiresAt;
  }

  /** Called when its time is over. */
  expire(now: Instant): void {
    this.permission.allocation.channelLapsed(this, now);
  }
}
