import type { Datagram } from "./datagram.ts";

/** What is attached to a network under an address. */
export interface Station {
  deliver(datagram: Datagram): void;
}

/** The way out of a network: what takes the datagrams for addresses that are not attached to it. */
export interface Gateway {
  forward(datagram: Datagram): void;
}

/** Addresses that reach each other directly: the internet, or a home's LAN behind a gateway. */
export class Network {
  gateway: Gateway | undefined;
  readonly #stations = new Map<string, Station>();

  attach(ip: string, station: Station): void {
    if (this.#stations.has(ip)) throw new Error(`${ip} is taken`);
    this.#stations.set(ip, station);
  }

  detach(ip: string): void {
    this.#stations.delete(ip);
  }

  has(ip: string): boolean {
    return this.#stations.has(ip);
  }

  /** Brings a datagram to its station, or to the gateway; without either it is gone. */
  route(datagram: Datagram): void {
    const station = this.#stations.get(datagram.to.ip);
    if (station !== undefined) station.deliver(datagram);
    else this.gateway?.forward(datagram);
  }
}
