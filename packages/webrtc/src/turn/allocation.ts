import type { IntegrityAlgorithm } from "../stun/index.ts";
import type { Instant, TransportAddress } from "../wire/index.ts";
import { Traffic } from "./counters.ts";
import type { FiveTuple } from "./five-tuple.ts";
import type { Family } from "./methods.ts";
import type { Ticket } from "./mobility.ts";
import type { Channel, Permission } from "./permission.ts";
import type { Relay } from "./relay.ts";
import type { ServerState } from "./server-state.ts";
import type { TcpRelay } from "./tcp-relay.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { EndReason } from "./turn-server-event.ts";

/** Who made an allocation, and the key that its requests are signed with. */
export interface AllocationOwner {
  readonly username: string;
  readonly account: string;
  readonly key: Uint8Array;
  readonly integrity: IntegrityAlgorithm;
}

/** What a client has on the server (RFC 8656 §3.2): relays, permissions, channels, a time to live. */
export class Allocation {
  readonly id: number;
  readonly owner: AllocationOwner;
  readonly upstream: TokenBucket;
  readonly downstream: TokenBucket;
  readonly permissions: Map<string, Permission> = new Map<string, Permission>();
  readonly channels: Map<number, Channel> = new Map<number, Channel>();
  /** Data in both directions. */
  readonly traffic: Traffic = new Traffic();
  readonly relays: Relay[] = [];
  tcpRelay: TcpRelay | undefined;
  tuple: FiveTuple;
  /** Where the client was before it moved, until it is heard from the new place (RFC 8016 §3.2.2). */
  previousTuple: FiveTuple | undefined;
  ticket: Ticket | undefined;
  expiresAt: Instant = 0;
  /** The success response, kept for retransmissions of the Allocate request (RFC 8656 §7.2 step 2). */
  response: Uint8Array | undefined;
  /** The transaction that made it. */
  readonly transactionId: Uint8Array;
  /** The sockets are open and the client has its answer. */
  isOpen = false;
  #isEnded = false;
  readonly #state: ServerState;

  constructor(
    state: ServerState,
    tuple: FiveTuple,
    owner: AllocationOwner,
    transactionId: Uint8Array,
  ) {
    this.#state = state;
    this.id = state.nextAllocationId();
    this.tuple = tuple;
    this.owner = owner;
    this.transactionId = transactionId.slice();
    this.upstream = new TokenBucket(state.settings.limits.bytesPerSecond);
    this.downstream = new TokenBucket(state.settings.limits.bytesPerSecond);
    state.allocations.add(this);
    tuple.hold(this);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  relayOf(family: Family): Relay | undefined {
    for (const relay of this.relays) if (relay.family === family) return relay;
    return undefined;
  }

  addRelay(relay: Relay): void {
    relay.allocation = this;
    this.relays.push(relay);
  }

  /** The relayed transport addresses, as the client is told them. */
  get relayedAddresses(): readonly TransportAddress[] {
    if (this.tcpRelay !== undefined) return [this.tcpRelay.address];
    return this.relays.map(({ address }) => address);
  }

  /** Whether peers of a family can be reached. */
  reaches(family: Family): boolean {
    return this.relayOf(family) !== undefined || this.tcpRelay?.family === family;
  }

  /** The time is over. */
  expire(): void {
    this.end("expired");
  }

  /** Gives everything back; nothing of the allocation remains. */
  end(reason: EndReason): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const state = this.#state;
    state.allocations.delete(this);
    state.deadlines.delete(this);
    state.quotas.release(this.owner.account);
    for (const relay of this.relays) relay.close();
    this.tcpRelay?.close();
    for (const permission of this.permissions.values()) state.deadlines.delete(permission);
    for (const channel of this.channels.values()) state.deadlines.delete(channel);
    state.permissionCount -= this.permissions.size;
    state.channelCount -= this.channels.size;
    this.permissions.clear();
    this.channels.clear();
    state.tickets.forget(this);
    this.tuple.release();
    this.forgetPreviousTuple();
    if (this.isOpen) {
      const { username } = this.owner;
      state.events.event({ type: "ended", id: this.id, username, reason, traffic: this.traffic });
    }
    if (state.isDraining && state.allocations.size === 0) state.events.event({ type: "drained" });
  }

  forgetPreviousTuple(): void {
    this.previousTuple?.release();
    this.previousTuple = undefined;
  }

  /** One relay broke: of two the other goes on. */
  relayFailed(relay: Relay): void {
    this.dropRelay(relay);
    if (this.relays.length === 0) this.end("relay-failed");
  }

  /** Takes one family away, with what was bound to it. */
  dropRelay(relay: Relay): void {
    const at = this.relays.indexOf(relay);
    if (at < 0) return;
    this.relays.splice(at, 1);
    relay.close();
    for (const channel of this.channels.values()) {
      if (channel.relay === relay) this.removeChannel(channel);
    }
  }

  permissionLapsed(permission: Permission): void {
    if (permission.channels.size === 0) this.removePermission(permission);
  }

  channelLapsed(channel: Channel, now: Instant): void {
    this.removeChannel(channel);
    const { permission } = channel;
    if (permission.channels.size === 0 && permission.expiresAt <= now) {
      this.removePermission(permission);
    }
  }

  /** Takes a permission away, with the channels that stand on it. */
  removePermission(permission: Permission): void {
    for (const channel of permission.channels.values()) this.removeChannel(channel);
    if (!this.permissions.delete(permission.ip)) return;
    this.#state.permissionCount -= 1;
    this.#state.deadlines.delete(permission);
  }

  removeChannel(channel: Channel): void {
    if (!this.channels.delete(channel.number)) return;
    channel.permission.channels.delete(channel.peer.port);
    this.#state.channelCount -= 1;
    this.#state.deadlines.delete(channel);
  }
}
