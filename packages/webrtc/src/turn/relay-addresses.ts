import { type Crypto, formatAddress, parseIp, type TransportAddress } from "../wire/index.ts";
import { type Family, familyOf } from "./methods.ts";
import { PortPool, type PortShape } from "./port-pool.ts";
import type { Relay } from "./relay.ts";
import type { TcpRelay } from "./tcp-relay.ts";
import { TurnError } from "./turn-error.ts";

/** An address to relay from, with its ports. */
export interface RelayAddress {
  /** What sockets are bound to. */
  readonly ip: string;
  /** What clients are told, where a NAT stands before the server (coturn's `external-ip`). */
  readonly externalIp?: string;
  readonly firstPort: number;
  readonly lastPort: number;
}

/** A port taken from an address. */
export interface TakenPort {
  readonly address: RelayAddress;
  readonly port: number;
}

/** The server's own relay addresses: which ports are free, and which relay stands at which address. */
export class RelayAddresses {
  readonly #pools: readonly { readonly address: RelayAddress; readonly ports: PortPool }[];
  readonly #own = new Set<string>();
  readonly #relays = new Map<string, Map<number, Relay>>();

  readonly #tcpRelays = new Map<string, TcpRelay>();

  constructor(addresses: readonly RelayAddress[], crypto: Crypto) {
    this.#pools = addresses.map((address) => ({
      address,
      ports: new PortPool(address.firstPort, address.lastPort, crypto),
    }));
    for (const { ip, externalIp, firstPort, lastPort } of addresses) {
      if (
        parseIp(ip) === undefined ||
        !(1 <= firstPort && firstPort <= lastPort && lastPort < 65536)
      ) {
        throw new TurnError("malformed-settings", `no address and ports to relay from: ${ip}`);
      }
      if (!isWildcard(ip)) this.#own.add(ip);
      if (externalIp !== undefined) this.#own.add(externalIp);
    }
  }

  supports(family: Family): boolean {
    return this.#pools.some(({ address }) => familyOf(address.ip) === family);
  }

  /** Takes a port of a family: from the address the client came to if it is one of ours, else the first that has one. */
  take(family: Family, shape: PortShape, preferredIp: string): TakenPort | undefined {
    const ofFamily = this.#pools.filter(({ address }) => familyOf(address.ip) === family);
    ofFamily.sort(
      (a, b) => preference(b.address, preferredIp) - preference(a.address, preferredIp),
    );
    for (const { address, ports } of ofFamily) {
      const port = ports.take(shape);
      if (port !== undefined) return { address, port };
    }
    return undefined;
  }

  release(taken: TakenPort): void {
    this.#pools.find(({ address }) => address === taken.address)?.ports.release(taken.port);
  }

  /** How many ports are taken. */
  get taken(): number {
    return this.#pools.reduce((sum, { ports }) => sum + ports.size, 0);
  }

  isOwn(ip: string): boolean {
    return this.#own.has(ip);
  }

  /** The address to tell of one that is bound: what peers and permissions know it by. */
  externalOf(ip: string): string {
    return this.#pools.find(({ address }) => address.ip === ip)?.address.externalIp ?? ip;
  }

  /** Registers an open UDP relay, so that other clients' data for it needs no network. */
  open(relay: Relay): void {
    const ip = relay.address.ip;
    const ports = this.#relays.get(ip) ?? new Map<number, Relay>();
    this.#relays.set(ip, ports.set(relay.address.port, relay));
  }

  close(relay: Relay): void {
    this.#relays.get(relay.address.ip)?.delete(relay.address.port);
  }

  /** Registers an open TCP relay. */
  openTcp(relay: TcpRelay): void {
    this.#tcpRelays.set(formatAddress(relay.address), relay);
    this.#tcpRelays.set(formatAddress(relay.bound), relay);
  }

  closeTcp(relay: TcpRelay): void {
    for (const address of [relay.address, relay.bound]) {
      const key = formatAddress(address);
      if (this.#tcpRelays.get(key) === relay) this.#tcpRelays.delete(key);
    }
  }

  /** Where the TCP relay at one of our own addresses is bound. */
  tcpAt(ip: string, port: number): TransportAddress | undefined {
    return this.#tcpRelays.get(formatAddress({ ip, port }))?.bound;
  }

  /** The relay that stands at one of our own addresses, by its told or its bound address. */
  relayAt(ip: string, port: number): Relay | undefined {
    return (this.#relays.get(ip) ?? this.#relays.get(this.externalOf(ip)))?.get(port);
  }
}

function preference(address: RelayAddress, preferredIp: string): number {
  return address.ip === preferredIp || address.externalIp === preferredIp ? 1 : 0;
}

function isWildcard(ip: string): boolean {
  return ip === "0.0.0.0" || ip === "::";
}
