import { formatAddress, type TransportAddress } from "../wire/index.ts";
import type { World } from "./world.ts";

/** Who opened a connection: this end, or the other. */
export type TcpSide = "active" | "passive";

/** What an end of the path is told. */
export interface TcpReceiver {
  received(side: TcpSide, remote: TransportAddress, bytes: Uint8Array): void;
  /** A connection could not be opened. */
  refused(remote: TransportAddress): void;
}

/** What stands at one end of the path. */
export interface TcpEndOptions {
  readonly ip: string;
  /** Whether a firewall keeps connections from outside away. */
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
  readonly #hasFirewall: boolean;
  readonly #connections = new Map<string, (bytes: Uint8Array) => void>();

  constructor(path: TcpPath, { ip, hasFirewall = false }: TcpEndOptions) {
    this.#path = path;
    this.#hasFirewall = hasFirewall;
    this.listening = { ip, port: 5000 };
  }

  /** Sends a packet over the connection with an address; the active side opens it with the first. */
  send(side: TcpSide, remote: TransportAddress, bytes: Uint8Array): void {
    if (side === "active") this.#connect(remote);
    this.#connections.get(connectionKey(side, remote))?.(bytes.slice());
  }

  #connect(remote: TransportAddress): void {
    const { other } = this;
    const key = connectionKey("active", remote);
    if (other === undefined || this.#connections.has(key)) return;
    if (formatAddress(remote) !== formatAddress(other.listening)) return;
    if (other.#hasFirewall) {
      this.#path.later(() => this.receiver?.refused(remote));
      return;
    }
    const source = { ip: this.listening.ip, port: this.#path.newPort() };
    this.#connections.set(key, (bytes) =>
      this.#path.later(() => other.receiver?.received("passive", source, bytes)),
    );
    other.#connections.set(connectionKey("passive", source), (bytes) =>
      this.#path.later(() => this.receiver?.received("active", remote, bytes)),
    );
  }
}

function connectionKey(side: TcpSide, remote: TransportAddress): string {
  return `${side} ${formatAddress(remote)}`;
}
