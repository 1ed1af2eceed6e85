import { connect, createServer, type Server, type Socket } from "node:net";
import { framed, PacketFramer } from "../../ice/index.ts";
import { canonicalIp, formatAddress, type TransportAddress } from "../../wire/index.ts";

/** What comes of connections. */
export interface TcpBaseHandlers {
  received(packets: readonly Uint8Array[], remote: TransportAddress): void;
  /** A connection is over, or could not be opened. */
  ended(remote: TransportAddress): void;
}

/** How many connections there may be at a time: pairs of one checklist, and strangers at an open port. */
const mostConnections = { active: 100, passive: 32 };

/** How long a stranger may keep a place: until then a check has to come that deserves an answer. */
const strangerMs = 10_000;

/** Consent is asked for every few seconds: a connection that is silent for as long as it lasts is dead. */
const silenceMs = 30_000;

/** How much may wait for a peer that reads slowly; more is dropped, as datagrams would be. */
const longestQueue = 1024 * 1024;

/** What an active candidate tells in place of a port (RFC 6544 §4.5). */
const discardPort = 9;

/** The connections of one TCP candidate: those it opens, or those it takes in (RFC 6544). */
export class TcpBase {
  readonly ip: string;
  readonly tcpType: "active" | "passive";
  readonly #handlers: TcpBaseHandlers;
  readonly #connections = new Map<string, Socket>();
  #server: Server | undefined;
  #isClosed = false;

  constructor(ip: string, tcpType: "active" | "passive", handlers: TcpBaseHandlers) {
    this.ip = ip;
    this.tcpType = tcpType;
    this.#handlers = handlers;
  }

  /** The address to be told, or `undefined` where nothing can be opened there. */
  async open(): Promise<TransportAddress | undefined> {
    if (this.tcpType === "active") return { ip: this.ip, port: discardPort };
    const server = createServer((socket) => this.#accept(socket));
    server.maxConnections = mostConnections.passive;
    this.#server = server;
    return new Promise((resolve) => {
      server.on("error", () => resolve(undefined));
      server.listen({ host: this.ip, port: 0, ipv6Only: this.ip.includes(":") }, () => {
        const address = server.address();
        resolve(
          address && typeof address === "object" ? { ip: this.ip, port: address.port } : undefined,
        );
      });
    });
  }

  /** Sends a packet over the connection to an address; the active side opens it with the first. */
  send(bytes: Uint8Array, remote: TransportAddress): void {
    const socket = this.#connections.get(formatAddress(remote)) ?? this.#connect(remote);
    const frame = framed(bytes);
    if (socket === undefined || frame === undefined || socket.writableLength > longestQueue) return;
    // The agent answers nobody but the other side: from now on this is no stranger.
    socket.setTimeout(silenceMs);
    socket.write(frame);
  }

  close(): void {
    this.#isClosed = true;
    this.#server?.close();
    for (const socket of this.#connections.values()) {
      socket.end();
      socket.setTimeout(1000);
      socket.unref();
    }
    this.#connections.clear();
  }

  #connect(remote: TransportAddress): Socket | undefined {
    const isFull = this.#connections.size >= mostConnections.active;
    if (this.tcpType === "passive" || this.#isClosed || isFull) return undefined;
    const socket = connect({ host: remote.ip, port: remote.port, localAddress: this.ip });
    this.#keep(socket, remote);
    return socket;
  }

  #accept(socket: Socket): void {
    const ip = canonicalIp(socket.remoteAddress ?? "");
    if (ip === undefined || this.#isClosed) {
      socket.destroy();
      return;
    }
    this.#keep(socket, { ip, port: socket.remotePort ?? 0 });
    const stranger = setTimeout(() => {
      if (socket.bytesWritten === 0) socket.destroy();
    }, strangerMs);
    stranger.unref();
    socket.once("close", () => clearTimeout(stranger));
  }

  #keep(socket: Socket, remote: TransportAddress): void {
    const key = formatAddress(remote);
    const framer = new PacketFramer();
    this.#connections.set(key, socket);
    socket.setNoDelay(true);
    socket.setTimeout(silenceMs, () => socket.destroy());
    // Not as a Buffer, whose `slice` does not copy.
    socket.on("data", ({ buffer, byteOffset, length }) => {
      const packets = framer.push(new Uint8Array(buffer, byteOffset, length));
      if (!this.#isClosed && packets.length > 0) this.#handlers.received(packets, remote);
    });
    // What went wrong changes nothing: the connection is over.
    socket.on("error", () => undefined);
    socket.once("close", () => {
      this.#connections.delete(key);
      if (!this.#isClosed) this.#handlers.ended(remote);
    });
  }
}
