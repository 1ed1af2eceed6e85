import { MessageWriter, NonceIssuer } from "../stun/index.ts";
import { type Crypto, type Instant, Outputs, readU32, writeU32 } from "../wire/index.ts";
import type { Allocation } from "./allocation.ts";
import { Counters } from "./counters.ts";
import { Deadlines } from "./deadlines.ts";
import { Tickets } from "./mobility.ts";
import { PeerPolicy } from "./peer-policy.ts";
import { peerAccess } from "./permission.ts";
import type { RelaySockets } from "./ports.ts";
import { Quotas } from "./quotas.ts";
import type { RelayAddresses } from "./relay-addresses.ts";
import { Reservations } from "./reservations.ts";
import { checkSettings, type TurnSettings } from "./settings.ts";
import { SourceLimiter } from "./source-limiter.ts";
import type { PeerConnection } from "./tcp-relay.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { TurnServerEvent } from "./turn-server-event.ts";
import type { UserDirectory } from "./users.ts";

/** Something that ends by itself. */
export interface Mortal {
  expiresAt: Instant;
  expire(now: Instant): void;
}

/** What the parts of the server share. */
export class ServerState {
  readonly crypto: Crypto;
  readonly sockets: RelaySockets;
  readonly addresses: RelayAddresses;
  readonly counters: Counters = new Counters();
  readonly quotas: Quotas = new Quotas();
  readonly deadlines: Deadlines<Mortal> = new Deadlines();
  readonly events: Outputs<never, TurnServerEvent> = new Outputs();
  readonly allocations: Set<Allocation> = new Set<Allocation>();
  readonly peerConnections: Map<number, PeerConnection> = new Map<number, PeerConnection>();
  readonly reservations: Reservations;
  readonly tickets: Tickets;
  readonly writer: MessageWriter = new MessageWriter();
  readonly upstream: TokenBucket;
  readonly downstream: TokenBucket;
  permissionCount = 0;
  channelCount = 0;
  isDraining = false;
  settings: TurnSettings;
  users: UserDirectory;
  policy: PeerPolicy;
  nonces: NonceIssuer;
  limiter: SourceLimiter;
  #nextId = 1;
  readonly #transactionId: Uint8Array;

  constructor(
    crypto: Crypto,
    sockets: RelaySockets,
    addresses: RelayAddresses,
    users: UserDirectory,
    settings: TurnSettings,
  ) {
    checkSettings(settings);
    this.crypto = crypto;
    this.sockets = sockets;
    this.addresses = addresses;
    this.users = users;
    this.settings = settings;
    this.policy = new PeerPolicy(settings.peers);
    this.nonces = this.#makeNonces();
    this.limiter = new SourceLimiter(settings.unauthenticated, crypto);
    this.reservations = new Reservations(this);
    this.tickets = new Tickets(crypto);
    this.upstream = new TokenBucket(settings.limits.totalBytesPerSecond);
    this.downstream = new TokenBucket(settings.limits.totalBytesPerSecond);
    this.#transactionId = crypto.random(12);
  }

  /** Takes new users: those who are here stay, whoever comes is checked against these. */
  changeUsers(users: UserDirectory): void {
    const before = this.users;
    this.users = users;
    const isSame =
      before.knowsUserhashes === users.knowsUserhashes &&
      before.passwordAlgorithms.join() === users.passwordAlgorithms.join();
    // The nonces say what is offered; where that changes, clients are to ask again (438).
    if (!isSame) this.nonces = this.#makeNonces();
  }

  /** Takes new settings: limits hold for what comes, peer rules at once. */
  changeSettings(settings: TurnSettings): void {
    checkSettings(settings);
    const before = this.settings;
    this.settings = settings;
    if (before.nonceLifetimeMs !== settings.nonceLifetimeMs) this.nonces = this.#makeNonces();
    if (before.unauthenticated !== settings.unauthenticated) {
      this.limiter = new SourceLimiter(settings.unauthenticated, this.crypto);
    }
    this.upstream.rate = settings.limits.totalBytesPerSecond;
    this.downstream.rate = settings.limits.totalBytesPerSecond;
    this.policy = new PeerPolicy(settings.peers);
    for (const allocation of this.allocations) this.#reconsider(allocation);
  }

  /** Whether data fits into its allocation's bandwidth and into the server's. */
  mayPass(own: TokenBucket, all: TokenBucket, size: number, now: Instant): boolean {
    if (own.take(size, now) && all.take(size, now)) return true;
    this.counters.drop("bandwidth");
    return false;
  }

  nextAllocationId(): number {
    this.#nextId += 1;
    return this.#nextId;
  }

  /** For indications, which nobody answers: a random start and then one after the other will do. */
  nextTransactionId(): Uint8Array {
    const next = readU32(this.#transactionId, 8) + 1;
    writeU32(this.#transactionId, 8, next >>> 0);
    return this.#transactionId;
  }

  #reconsider(allocation: Allocation): void {
    allocation.upstream.rate = this.settings.limits.bytesPerSecond;
    allocation.downstream.rate = this.settings.limits.bytesPerSecond;
    for (const permission of allocation.permissions.values()) {
      const access = peerAccess(this, permission.ip);
      if (access === undefined) allocation.removePermission(permission);
      else permission.access = access;
    }
    allocation.tcpRelay?.reconsider();
  }

  #makeNonces(): NonceIssuer {
    return new NonceIssuer({
      crypto: this.crypto,
      passwordAlgorithms: this.users.passwordAlgorithms.length > 0,
      usernameAnonymity: this.users.knowsUserhashes,
      lifetimeMs: this.settings.nonceLifetimeMs,
    });
  }
}
