import type { Credentials } from "../stun/index.ts";
import { type ClientEndReason, TurnClient, type TurnClientEvent } from "../turn/index.ts";
import { type Crypto, type Instant, sameAddress, type TransportAddress } from "../wire/index.ts";
import type { Base } from "./base.ts";
import { type BaseId, candidatePriority, canReach, type LocalCandidate } from "./candidate.ts";
import type { Foundations } from "./foundations.ts";
import { type ServerErrors, unreachedCode } from "./server-errors.ts";

/** A TURN server that is asked for relayed candidates; its name is looked up by then. */
export interface TurnServerAddress {
  readonly url: string;
  readonly address: TransportAddress;
  readonly transport: "udp" | "tcp" | "tls";
  readonly credentials: Credentials;
}

/** What relays tell, and send through. */
export interface RelaysListener {
  send(base: BaseId, remote: TransportAddress, bytes: Uint8Array): void;
  candidate(candidate: LocalCandidate, now: Instant): void;
  readonly errors: Pick<ServerErrors, "add" | "reached">;
  /** A datagram came to a relayed address. */
  data(base: BaseId, from: TransportAddress, bytes: Uint8Array, now: Instant): void;
  /** A relayed address is gone. */
  gone(base: BaseId, now: Instant): void;
}

interface Relay {
  readonly client: TurnClient;
  readonly carrier: Base;
  server: TurnServerAddress;
  /** The bases that stand for the relayed addresses, by address. */
  readonly bases: Map<BaseId, TransportAddress>;
  /** The carrier as the server sees it. */
  mapped: TransportAddress | undefined;
  isAllocated: boolean;
  /** Whether the server is asked whether it still knows of it. */
  isAsked: boolean;
}

/**
 * The allocations of an agent, each over one of its sockets or over a connection of its own to the
 * server (RFC 8445 §5.1.1.2). A relayed address is a base with a negative id.
 */
export class Relays {
  readonly #crypto: Crypto;
  readonly #foundations: Foundations;
  readonly #listener: RelaysListener;
  readonly #relays = new Set<Relay>();
  #nextBase: BaseId = -1;

  constructor(crypto: Crypto, foundations: Foundations, listener: RelaysListener) {
    this.#crypto = crypto;
    this.#foundations = foundations;
    this.#listener = listener;
  }

  /** Whether every server has answered. */
  get isDone(): boolean {
    return [...this.#relays].every(({ isAllocated, isAsked }) => isAllocated && !isAsked);
  }

  get deadline(): Instant | undefined {
    let earliest: Instant | undefined;
    for (const { client } of this.#relays) {
      const at = client.deadline;
      if (at !== undefined && at < (earliest ?? Number.POSITIVE_INFINITY)) earliest = at;
    }
    return earliest;
  }

  /** Asks a server for an address, over a socket or a connection to it. */
  allocate(carrier: Base, server: TurnServerAddress, now: Instant): void {
    if (!canReach(carrier.address, server.address)) return;
    const known = [...this.#relays].find(
      (relay) => relay.carrier.id === carrier.id && isSameServer(relay.server, server),
    );
    if (known !== undefined) {
      known.server = server;
      if (known.isAllocated) this.#offerAgain(known, now);
      return;
    }
    const { transport, credentials } = server;
    // Comprehension-optional: a server that has one family only gives that (RFC 8656 §18.6).
    const client = new TurnClient({ crypto: this.#crypto, credentials, transport, family: "both" });
    const relay: Relay = {
      client,
      carrier,
      server,
      bases: new Map(),
      mapped: undefined,
      isAllocated: false,
      isAsked: false,
    };
    this.#relays.add(relay);
    client.allocate(now);
    this.#drain(relay, now);
  }

  /** Lets the other side send to the relayed addresses of its family. */
  permit(remote: TransportAddress, now: Instant): void {
    for (const relay of this.#relays) {
      if (!relay.isAllocated || !hasFamilyOf(relay, remote)) continue;
      relay.client.permit([remote.ip], now);
      this.#drain(relay, now);
    }
  }

  /** Spares the selected pair the overhead of Send indications (RFC 8656 §12). */
  bindChannel(base: BaseId, remote: TransportAddress, now: Instant): void {
    const relay = this.#at(base);
    if (relay === undefined) return;
    relay.client.bindChannel(remote, now);
    this.#drain(relay, now);
  }

  /** Sends from a relayed address. */
  send(base: BaseId, remote: TransportAddress, bytes: Uint8Array, now: Instant): void {
    const relay = this.#at(base);
    if (relay === undefined) return;
    relay.client.send(remote, bytes);
    this.#drain(relay, now);
  }

  /** What came from a server, or `false` where it is for others; over a stream, a piece of it. */
  receive(base: BaseId, from: TransportAddress, bytes: Uint8Array, now: Instant): boolean {
    for (const relay of this.#relays) {
      if (relay.carrier.id !== base || !sameAddress(relay.server.address, from)) continue;
      relay.client.receive(bytes, now);
      this.#drain(relay, now);
      return true;
    }
    return false;
  }

  run(now: Instant): void {
    for (const relay of [...this.#relays]) {
      if ((relay.client.deadline ?? Number.POSITIVE_INFINITY) > now) continue;
      relay.client.handleTimeout(now);
      this.#drain(relay, now);
    }
  }

  /** A socket or connection is gone, and what was allocated over it. */
  removeCarrier(id: BaseId, now: Instant): void {
    for (const relay of [...this.#relays]) {
      if (relay.carrier.id === id) this.#remove(relay, now);
    }
  }

  /** Gives all addresses back (RFC 8656 §8). */
  release(now: Instant): void {
    for (const relay of [...this.#relays]) {
      relay.client.release(now);
      this.#drain(relay, now);
    }
  }

  /**
   * After a restart an allocation most likely stands, and its addresses are candidates once more. But what broke the
   * connection may have changed the way to the server, which knows its clients by that: so it is asked first. Checks to
   * an address that is gone would keep those to the new one frozen until they are given up (RFC 8445 §6.1.4.2).
   */
  #offerAgain(relay: Relay, now: Instant): void {
    relay.isAsked = true;
    relay.client.refresh(now);
    this.#drain(relay, now);
  }

  #at(base: BaseId): Relay | undefined {
    for (const relay of this.#relays) if (relay.bases.has(base)) return relay;
    return undefined;
  }

  #remove(relay: Relay, now: Instant): void {
    this.#relays.delete(relay);
    for (const base of relay.bases.keys()) this.#listener.gone(base, now);
  }

  #drain(relay: Relay, now: Instant): void {
    const { client, carrier, server } = relay;
    for (let output = client.poll(); output !== undefined; output = client.poll()) {
      if (output.type === "packet") {
        this.#listener.send(carrier.id, server.address, output.packet);
      } else this.#handle(relay, output.event, now);
    }
  }

  #handle(relay: Relay, event: TurnClientEvent, now: Instant): void {
    if (event.type === "allocated") {
      relay.isAllocated = true;
      relay.mapped = event.mapped;
      this.#listener.errors.reached(relay.server.url);
      for (const address of event.relayed) {
        const base = this.#nextBase;
        this.#nextBase -= 1;
        relay.bases.set(base, address);
        this.#tell(relay, base, address, now);
      }
    } else if (event.type === "data") {
      for (const [base, address] of relay.bases) {
        if (isIpv6(address) !== isIpv6(event.peer)) continue;
        this.#listener.data(base, event.peer, event.data, now);
        return;
      }
    } else if (event.type === "refreshed") {
      if (!relay.isAsked) return;
      relay.isAsked = false;
      this.#listener.errors.reached(relay.server.url);
      for (const [base, address] of relay.bases) this.#tell(relay, base, address, now);
    } else if (event.type === "ended") {
      const { carrier, server, isAllocated, isAsked } = relay;
      this.#remove(relay, now);
      if (isAsked && event.reason === "mismatch") this.allocate(carrier, server, now);
      else if (isAsked || !isAllocated) {
        const text = event.text || reasonTexts[event.reason];
        const error = { code: event.code ?? codeOf(event.reason), text };
        this.#listener.errors.add({ url: server.url, address: carrier.address, ...error });
      }
    }
  }

  #tell(relay: Relay, base: BaseId, address: TransportAddress, now: Instant): void {
    const { server, carrier, mapped } = relay;
    const localPreference = carrier.localPreference - penalties[server.transport];
    this.#listener.candidate(
      {
        type: "relay",
        transport: "udp",
        address,
        priority: candidatePriority("relay", Math.max(0, localPreference)),
        foundation: this.#foundations.of("relay", "udp", address.ip, server.url),
        base,
        related: mapped ?? carrier.address,
        url: server.url,
        relayProtocol: server.transport,
      },
      now,
    );
  }
}

/** What a relay that is reached over a stream stands behind one that is reached over UDP. */
const penalties: Readonly<Record<TurnServerAddress["transport"], number>> = {
  udp: 0,
  tcp: 10_000,
  tls: 20_000,
};

const reasonTexts: Readonly<Record<ClientEndReason, string>> = {
  released: "The allocation was given back.",
  unauthorized: "The TURN server refuses these credentials.",
  timeout: "The TURN server did not answer.",
  "bad-response": "The TURN server's answer makes no sense.",
  mismatch: "The TURN server knows this address already.",
  "no-capacity": "The TURN server has no capacity left.",
  refused: "The TURN server refuses.",
  alternate: "The TURN server sends its clients elsewhere.",
  "broken-stream": "The connection to the TURN server carries something else.",
};

function codeOf(reason: ClientEndReason): number {
  return reason === "unauthorized" ? 401 : unreachedCode;
}

/** To the server a client is who comes from the same address, whatever credentials it has by now. */
function isSameServer(a: TurnServerAddress, b: TurnServerAddress): boolean {
  return a.transport === b.transport && sameAddress(a.address, b.address);
}

function hasFamilyOf(relay: Relay, remote: TransportAddress): boolean {
  return [...relay.bases.values()].some((address) => isIpv6(address) === isIpv6(remote));
}

function isIpv6(address: TransportAddress): boolean {
  return address.ip.includes(":");
}
