import { formatAddress, type TransportAddress } from "../wire/index.ts";
import type { World } from "./world.ts";

/** Who opened a connection: this end, or the other. */
export type TcpSide = "active" | "passive";

/** What an end of the path is told. */
export interface TcpReceiver {
  received(side: TcpSide, remote: TransportAddress, bytes: Uint8Array): void;
  /** A connection is over, or could not be opened. */
  ended(side: TcpSide, remote: TransportAddress): void;
}

/** What stands at one end of the path. */
export interface TcpEndOptions {
  readonly ip: string;
  /** Whether a firewall keeps connections from outside away; those that are there stay. */
  readonly hasFirewall?: boolean;
}

/**
 * TCP between two hosts, as ICE sees it: connections from a port of the one to the listening port of the other,
 * over which packets come whole and in order, and late rather than never.
 */
export class TcpPath {
  readonly ends: readonly [TcpEnd, TcpEnd];
  readonly #world: World;
  readonly #delayMs: number;
  #stalledUntil = 0;
  #nextPort = 40_000;

  constructor(world: World, delayMs: number, ends: readonly [TcpEndOptions, TcpEndOptions]) {
    this.#world = world;
    this.#delayMs = delayMs;
    const [a, b] = ends.map((options) => new TcpEnd(this, options)) as [TcpEnd, TcpEnd];
    a.other = b;
    b.other = a;
    this.ends = [a, b];
  }

  /** Nothing arrives for a while; then all of it does. */
  stall(durationMs: number): void {
    this.#stalledUntil = this.#world.now + durationMs;
  }

  /** All connections break, and what is under way with them; both ends get to know. */
  break(): void {
    for (const end of this.ends) end.disconnect();
  }

  later(act: () => void): void {
    this.#world.at(Math.max(this.#world.now + this.#delayMs, this.#stalledUntil), act);
  }

  newPort(): number {
    this.#nextPort += 1;
    return this.#nextPort;
  }
}

/** One end of the path: the connections it opened, and those it took in. */
export class TcpEnd {
  /** Where connections are taken in. */
  readonly listening: TransportAddress;
  receiver: TcpReceiver | undefined;
  other: TcpEnd | undefined;
  readonly #path: TcpPath;
  hasFirewall: boolean;
  /** How many connections were asked for from here. */
  attempts = 0;
  readonly #connections = new Map<string, Connection>();

  constructor(path: TcpPath, { ip, hasFirewall = false }: TcpEndOptions) {
    this.#path = path;
    this.hasFirewall = hasFirewall;
    this.listening = { ip, port: 5000 };
  }

  /** Sends a packet over the connection with an address; the active side opens it with the first. */
  send(side: TcpSide, remote: TransportAddress, bytes: Uint8Array): void {
    if (side === "active") this.#connect(remote);
    this.#connections.get(connectionKey(side, remote))?.send(bytes.slice());
  }

  disconnect(): void {
    const ended = [...this.#connections.values()];
    this.#connections.clear();
    for (const { side, remote } of ended) {
      this.#path.later(() => this.receiver?.ended(side, remote));
    }
  }

  #connect(remote: TransportAddress): void {
    const { other } = this;
    const key = connectionKey("active", remote);
    if (other === undefined || this.#connections.has(key)) return;
    if (formatAddress(remote) !== formatAddress(other.listening)) return;
    this.attempts += 1;
    if (other.hasFirewall) {
      this.#path.later(() => this.receiver?.ended("active", remote));
      return;
    }
    const source = { ip: this.listening.ip, port: this.#path.newPort() };
    const here = `passive ${formatAddress(source)}`;
    this.#connections.set(key, {
      side: "active",
      remote,
      send: (bytes) =>
        this.#path.later(() => {
          if (other.#connections.has(here)) other.receiver?.received("passive", source, bytes);
        }),
    });
    const opened = this.#connections.get(key);
    other.#connections.set(here, {
      side: "passive",
      remote: source,
      send: (bytes) =>
        this.#path.later(() => {
          if (this.#connections.get(key) === opened)
            this.receiver?.received("active", remote, bytes);
        }),
    });
  }
}

interface Connection {
  readonly side: TcpSide;
  readonly remote: TransportAddress;
  send(bytes: Uint8Array): void;
}

function connectionKey(side: TcpSide, remote: TransportAddress): string {
  return `${side} ${formatAddress(remote)}`;
}
