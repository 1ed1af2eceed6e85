import { formatAddress, type Instant, type TransportAddress } from "../wire/index.ts";
import type { Datagram } from "./datagram.ts";
import type { Gateway, Network, Station } from "./network.ts";
import type { Random } from "./random.ts";

/** How far a mapping or a filter looks at the other end (RFC 4787 §4.1, §5). */
export type Dependence =
  | "endpoint-independent"
  | "address-dependent"
  | "address-and-port-dependent";

export interface NatOptions {
  readonly mapping: Dependence;
  readonly filtering: Dependence;
  /** Whether hosts behind the NAT reach each other by their outer addresses (RFC 4787 §6). */
  readonly hairpinning?: boolean;
  /** Whether the outer port is the inner one where it is free; else ports are random. */
  readonly portPreservation?: boolean;
  /** How long a mapping lives without an outgoing datagram (RFC 4787 §4.3); 120 s by default. */
  readonly lifetimeMs?: number;
  /** Whether UDP gets out at all. */
  readonly udpBlocked?: boolean;
}

/** The four kinds of RFC 3489 §5, and what else stands between people. */
export type NatKind = "full cone" | "restricted" | "port restricted" | "symmetric" | "udp blocked";

export const natKinds: Readonly<Record<NatKind, NatOptions>> = {
  "full cone": { mapping: "endpoint-independent", filtering: "endpoint-independent" },
  restricted: { mapping: "endpoint-independent", filtering: "address-dependent" },
  "port restricted": { mapping: "endpoint-independent", filtering: "address-and-port-dependent" },
  symmetric: { mapping: "address-and-port-dependent", filtering: "address-and-port-dependent" },
  "udp blocked": {
    mapping: "endpoint-independent",
    filtering: "address-and-port-dependent",
    udpBlocked: true,
  },
};

interface Mapping {
  readonly inner: TransportAddress;
  readonly outer: TransportAddress;
  /** Whom the host has written to: address, and address with port. */
  readonly permitted: Map<string, Instant>;
  expiresAt: Instant;
}

/** A translator between an inner and an outer network, of any behaviour RFC 4787 describes. */
export class Nat implements Gateway, Station {
  readonly #inner: Network;
  readonly #outer: Network;
  readonly #options: NatOptions;
  readonly #random: Random;
  readonly #now: () => Instant;
  readonly #byInner = new Map<string, Mapping>();
  readonly #byOuterPort = new Map<number, Mapping>();
  #ip: string;

  constructor(
    inner: Network,
    outer: Network,
    ip: string,
    options: NatOptions,
    random: Random,
    now: () => Instant,
  ) {
    this.#inner = inner;
    this.#outer = outer;
    this.#ip = ip;
    this.#options = options;
    this.#random = random;
    this.#now = now;
    inner.gateway = this;
    outer.attach(ip, this);
  }

  /** The outer address. */
  get ip(): string {
    return this.#ip;
  }

  /** A new outer address, all mappings lost: from Wi-Fi to mobile, or a nightly reconnect. */
  renumber(ip: string): void {
    this.#outer.detach(this.#ip);
    this.#outer.attach(ip, this);
    this.#ip = ip;
    this.forget();
  }

  /** Loses all mappings, as a router that was switched off and on. */
  forget(): void {
    this.#byInner.clear();
    this.#byOuterPort.clear();
  }

  /** Takes in what comes for an inner host's own IPv6 address, as a router without translation (RFC 6092). */
  route(ipv6: string): void {
    this.#outer.attach(ipv6, this);
  }

  /** From the inside out. */
  forward(datagram: Datagram): void {
    if (this.#options.udpBlocked) return;
    const mapping = this.#mappingFor(datagram.from, datagram.to);
    if (mapping === undefined) return;
    const now = this.#now();
    mapping.expiresAt = now + (this.#options.lifetimeMs ?? 120_000);
    mapping.permitted.set(datagram.to.ip, mapping.expiresAt);
    mapping.permitted.set(formatAddress(datagram.to), mapping.expiresAt);
    const translated = { ...datagram, from: mapping.outer };
    if (datagram.to.ip !== this.#ip) this.#outer.route(translated);
    else if (this.#options.hairpinning) this.deliver(translated);
  }

  /** From the outside in. */
  deliver(datagram: Datagram): void {
    const now = this.#now();
    const { to } = datagram;
    const mapping = isTranslated(to)
      ? this.#byOuterPort.get(to.port)
      : this.#byInner.get(formatAddress(to));
    if (mapping === undefined || mapping.expiresAt <= now) return;
    if (!this.#lets(mapping, datagram.from, now)) return;
    this.#inner.route({ ...datagram, to: mapping.inner });
  }

  #lets(mapping: Mapping, from: TransportAddress, now: Instant): boolean {
    if (this.#options.filtering === "endpoint-independent") return true;
    const key = this.#options.filtering === "address-dependent" ? from.ip : formatAddress(from);
    return (mapping.permitted.get(key) ?? 0) > now;
  }

  #mappingFor(inner: TransportAddress, to: TransportAddress): Mapping | undefined {
    if (!isTranslated(inner)) return this.#passageOf(inner);
    const key = `${formatAddress(inner)} ${this.#dependsOn(to)}`;
    const known = this.#byInner.get(key);
    if (known !== undefined && known.expiresAt > this.#now()) return known;
    if (known !== undefined) this.#byOuterPort.delete(known.outer.port);
    const port = this.#freePort(inner.port);
    if (port === undefined) return undefined;
    const outer = { ip: this.#ip, port };
    const mapping: Mapping = { inner, outer, permitted: new Map(), expiresAt: 0 };
    this.#byInner.set(key, mapping);
    this.#byOuterPort.set(port, mapping);
    return mapping;
  }

  #passageOf(inner: TransportAddress): Mapping {
    const key = formatAddress(inner);
    const known = this.#byInner.get(key);
    if (known !== undefined && known.expiresAt > this.#now()) return known;
    const mapping: Mapping = { inner, outer: inner, permitted: new Map(), expiresAt: 0 };
    this.#byInner.set(key, mapping);
    return mapping;
  }

  #dependsOn(to: TransportAddress): string {
    if (this.#options.mapping === "endpoint-independent") return "";
    return this.#options.mapping === "address-dependent" ? to.ip : formatAddress(to);
  }

  #freePort(preferred: number): number | undefined {
    if (this.#options.portPreservation && !this.#isTaken(preferred)) return preferred;
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const port = this.#random.between(1024, 65_535);
      if (!this.#isTaken(port)) return port;
    }
    return undefined;
  }

  #isTaken(port: number): boolean {
    return (this.#byOuterPort.get(port)?.expiresAt ?? 0) > this.#now();
  }
}

/** Addresses of IPv6 stay as they are. */
function isTranslated({ ip }: TransportAddress): boolean {
  return !ip.includes(":");
}
