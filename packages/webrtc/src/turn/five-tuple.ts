import type { TransportAddress } from "../wire/index.ts";
import type { Allocation } from "./allocation.ts";
import type { DatagramSocket, StreamSocket } from "./ports.ts";

/** What runs between client and server (RFC 8656 §2.1). */
export type ClientTransport = "udp" | "tcp" | "tls" | "dtls";

/** A client as the server knows it: its address, the server's, and the transport between (RFC 8656 §3). */
export interface FiveTuple {
  readonly transport: ClientTransport;
  readonly local: TransportAddress;
  readonly remote: TransportAddress;
  /** Whether messages are cut out of a stream, so that ChannelData is padded (RFC 8656 §12.5). */
  readonly isStream: boolean;
  readonly allocation: Allocation | undefined;
  /** Whether the client does not take what it is sent; then data is dropped. */
  readonly isBacklogged: boolean;
  send(bytes: Uint8Array, start: number, end: number): void;
  /** Makes this the tuple of an allocation; `release` undoes it. */
  hold(allocation: Allocation): void;
  release(): void;
}

/** A client on UDP. It costs memory only where it has an allocation; for others it lives for one message. */
export class UdpTuple implements FiveTuple {
  readonly transport = "udp";
  readonly isStream = false;
  readonly isBacklogged = false;
  readonly remote: TransportAddress;
  allocation: Allocation | undefined;
  readonly #socket: DatagramSocket;
  readonly #table: TupleTable;

  constructor(socket: DatagramSocket, table: TupleTable, remote: TransportAddress) {
    this.#socket = socket;
    this.#table = table;
    this.remote = remote;
  }

  get local(): TransportAddress {
    return this.#socket.local;
  }

  send(bytes: Uint8Array, start: number, end: number): void {
    this.#socket.send(bytes, start, end, this.remote);
  }

  hold(allocation: Allocation): void {
    this.allocation = allocation;
    this.#table.add(this);
  }

  release(): void {
    this.allocation = undefined;
    this.#table.delete(this);
  }
}

/** A client on a connection. */
export class ConnectionTuple implements FiveTuple {
  readonly transport: "tcp" | "tls" | "dtls";
  readonly isStream: boolean;
  allocation: Allocation | undefined;
  isBacklogged = false;
  readonly socket: StreamSocket;

  constructor(socket: StreamSocket, transport: "tcp" | "tls" | "dtls") {
    this.socket = socket;
    this.transport = transport;
    this.isStream = transport !== "dtls";
  }

  get local(): TransportAddress {
    return this.socket.local;
  }

  get remote(): TransportAddress {
    return this.socket.remote;
  }

  send(bytes: Uint8Array, start: number, end: number): void {
    if (!this.socket.send(bytes, start, end)) this.isBacklogged = true;
  }

  hold(allocation: Allocation): void {
    this.allocation = allocation;
  }

  release(): void {
    this.allocation = undefined;
  }
}

/** The clients of one UDP listener that have an allocation, found without making a key of address and port. */
export class TupleTable {
  readonly #byIp = new Map<string, Map<number, UdpTuple>>();

  find(ip: string, port: number): UdpTuple | undefined {
    return this.#byIp.get(ip)?.get(port);
  }

  add(tuple: UdpTuple): void {
    const { ip, port } = tuple.remote;
    const ports = this.#byIp.get(ip);
    if (ports === undefined) this.#byIp.set(ip, new Map([[port, tuple]]));
    else ports.set(port, tuple);
  }

  delete(tuple: UdpTuple): void {
    const { ip, port } = tuple.remote;
    const ports = this.#byIp.get(ip);
    if (ports?.get(port) !== tuple) return;
    ports.delete(port);
    if (ports.size === 0) this.#byIp.delete(ip);
  }
}
