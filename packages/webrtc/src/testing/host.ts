import type { TransportAddress } from "../wire/index.ts";
import type { Datagram } from "./datagram.ts";
import { Link, type LinkOptions } from "./link.ts";
import type { Network, Station } from "./network.ts";
import type { World } from "./world.ts";

/** What a host does with the datagrams for one of its ports. */
export type Receive = (bytes: Uint8Array, from: TransportAddress) => void;

/** A machine with addresses, ports and one wire to its network. */
export class Host implements Station {
  readonly ips: readonly string[];
  readonly #world: World;
  readonly #network: Network;
  readonly #out: Link;
  readonly #in: Link;
  readonly #sockets = new Map<number, Socket[]>();
  #isCut = false;

  constructor(world: World, network: Network, ips: readonly string[], link: LinkOptions) {
    this.#world = world;
    this.#network = network;
    this.ips = ips;
    this.#out = new Link(link, world.random);
    this.#in = new Link(link, world.random);
    for (const ip of ips) network.attach(ip, this);
  }

  /** Opens a UDP port on an address of the host (its first by default); port 0 is any free one. */
  bind(receive: Receive, port = 0, ip: string = this.ips[0] as string): Socket {
    const chosen = port === 0 ? this.#freePort(ip) : port;
    if (this.#socketAt(ip, chosen)) throw new Error(`${ip} has port ${chosen} open already`);
    const socket = new Socket(this, { ip, port: chosen }, receive);
    this.#sockets.set(chosen, [...(this.#sockets.get(chosen) ?? []), socket]);
    return socket;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Pulls the plug; nothing goes out or comes in until `heal`. */
  cut(): void {
    this.#isCut = true;
  }

  heal(): void {
    this.#isCut = false;
  }

  /** Changes how the wire behaves from now on. */
  degrade(link: LinkOptions): void {
    this.#out.options = link;
    this.#in.options = link;
  }

  send(datagram: Datagram): void {
    if (this.#isCut) return;
    this.#travel(this.#out, datagram, () => this.#network.route(datagram));
  }

  deliver(datagram: Datagram): void {
    this.#travel(this.#in, datagram, () => {
      if (this.#isCut) return;
      this.#socketAt(datagram.to.ip, datagram.to.port)?.receive(datagram.bytes, datagram.from);
    });
  }

  release(socket: Socket): void {
    const { port } = socket.address;
    const rest = (this.#sockets.get(port) ?? []).filter((other) => other !== socket);
    if (rest.length > 0) this.#sockets.set(port, rest);
    else this.#sockets.delete(port);
  }

  #travel(link: Link, datagram: Datagram, arrive: () => void): void {
    for (const at of link.arrivals(datagram.bytes.length, this.#world.now)) {
      this.#world.at(at, arrive);
    }
  }

  #socketAt(ip: string, port: number): Socket | undefined {
    return this.#sockets.get(port)?.find((socket) => socket.address.ip === ip);
  }

  #freePort(ip: string): number {
    for (;;) {
      const port = this.#world.random.between(49_152, 65_535);
      if (!this.#socketAt(ip, port)) return port;
    }
  }
}

/** An open UDP port of a host. */
export class Socket {
  readonly address: TransportAddress;
  readonly receive: Receive;
  readonly #host: Host;

  constructor(host: Host, address: TransportAddress, receive: Receive) {
    this.#host = host;
    this.address = address;
    this.receive = receive;
  }

  /** Sends a copy: whoever owns `bytes` may write over them afterwards, as with a real socket. */
  send(bytes: Uint8Array, to: TransportAddress): void {
    this.#host.send({ from: this.address, to, bytes: bytes.slice() });
  }

  close(): void {
    this.#host.release(this);
  }
}
