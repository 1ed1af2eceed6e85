import type { Instant, TransportAddress } from "../wire/index.ts";
import { readU32 } from "../wire/index.ts";
import type { Allocation } from "./allocation.ts";
import { ConnectionId, XorPeerAddress } from "./attributes.ts";
import { connectionAttemptMethod, type Family, familyOf } from "./methods.ts";
import { peerAccess } from "./permission.ts";
import type { StreamReceiver, StreamSocket, TcpRelayListener, TcpRelayReceiver } from "./ports.ts";
import type { TakenPort } from "./relay-addresses.ts";
import type { Mortal, ServerState } from "./server-state.ts";

/** How long a peer connection waits for its ConnectionBind, and a Connect for its peer (RFC 6062 §5.2, §5.3). */
export const tcpPatienceS = 30;

/** The relayed TCP address of an allocation, and the peer connections that go through it (RFC 6062). */
export class TcpRelay implements TcpRelayReceiver {
  readonly family: Family;
  readonly address: TransportAddress;
  readonly allocation: Allocation;
  readonly #state: ServerState;
  readonly #taken: TakenPort;
  readonly #connections = new Set<PeerConnection>();
  #listener: TcpRelayListener | undefined;
  #isClosed = false;

  constructor(state: ServerState, allocation: Allocation, taken: TakenPort) {
    this.#state = state;
    this.#taken = taken;
    this.allocation = allocation;
    this.family = familyOf(taken.address.ip);
    this.address = { ip: taken.address.externalIp ?? taken.address.ip, port: taken.port };
  }

  get bound(): TransportAddress {
    return { ip: this.#taken.address.ip, port: this.#taken.port };
  }

  opened(listener: TcpRelayListener): void {
    this.#listener = listener;
    this.#state.addresses.openTcp(this);
  }

  /** The connection with a peer, under way or made. */
  connectionWith(peer: TransportAddress): PeerConnection | undefined {
    for (const connection of this.#connections) {
      if (connection.peer.port === peer.port && connection.peer.ip === peer.ip) return connection;
    }
    return undefined;
  }

  /** Whether one more connection fits into the caps. */
  get hasRoom(): boolean {
    const { tcpConnections, pendingTcpConnections } = this.#state.settings.limits;
    let pending = 0;
    for (const connection of this.#connections) if (!connection.isBound) pending += 1;
    return this.#connections.size < tcpConnections && pending < pendingTcpConnections;
  }

  /** Connects to a peer for a Connect request, at the address where it is reached; `done` is called once. */
  connect(
    peer: TransportAddress,
    target: TransportAddress,
    done: (connection: PeerConnection | undefined, now: Instant) => void,
    now: Instant,
  ): void {
    const connection = new PeerConnection(this.#state, this, peer, now);
    connection.onGivenUp = (at) => done(undefined, at);
    this.#connections.add(connection);
    this.#listener?.connect(target, (socket, at) => {
      const isLate = connection.isClosed;
      if (isLate || socket === undefined) {
        socket?.close();
        if (!isLate) connection.giveUp(at);
        return undefined;
      }
      connection.connected(socket, at);
      done(connection, at);
      return connection;
    });
  }

  /** RFC 6062 §5.3: a peer connects; the client hears of it where it has a permission. */
  accepted(socket: StreamSocket, now: Instant): StreamReceiver | undefined {
    const peer = this.#peerOf(socket);
    const permission = this.allocation.permissions.get(peer.ip);
    const isPermitted = permission !== undefined && permission.expiresAt > now;
    if (!isPermitted || peerAccess(this.#state, peer.ip) === undefined) {
      this.#state.counters.drop("no-permission");
      return undefined;
    }
    if (this.#isClosed || !this.hasRoom) return undefined;
    const connection = new PeerConnection(this.#state, this, peer, now);
    this.#connections.add(connection);
    connection.connected(socket, now);
    const writer = this.#state.writer;
    writer.begin(connectionAttemptMethod, "indication", this.#state.nextTransactionId());
    writer.add(ConnectionId, connection.id).add(XorPeerAddress, peer);
    if (this.#state.settings.fingerprint) writer.addFingerprint();
    this.allocation.tuple.send(writer.finishCopy(), 0, writer.length);
    return connection;
  }

  failed(): void {
    this.allocation.end("relay-failed");
  }

  /** Peer rules have changed: connections that they refuse now are closed. */
  reconsider(): void {
    for (const connection of this.#connections) {
      if (peerAccess(this.#state, connection.peer.ip) === undefined) connection.close();
    }
  }

  forget(connection: PeerConnection): void {
    this.#connections.delete(connection);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const connection of this.#connections) connection.close();
    this.#listener?.close();
    this.#state.addresses.closeTcp(this);
    this.#state.addresses.release(this.#taken);
  }

  /** Another client's relay on this server is known by the address that is told. */
  #peerOf(socket: StreamSocket): TransportAddress {
    const { ip, port } = socket.remote;
    return { ip: this.#state.addresses.externalOf(ip), port };
  }
}

/** One connection with a peer: made, then bound to a connection of the client's, then bytes both ways. */
export class PeerConnection implements StreamReceiver, Mortal {
  readonly id: number;
  readonly peer: TransportAddress;
  readonly relay: TcpRelay;
  expiresAt: Instant;
  onGivenUp: ((now: Instant) => void) | undefined;
  readonly #state: ServerState;
  #socket: StreamSocket | undefined;
  #client: StreamSocket | undefined;
  #isClosed = false;

  constructor(state: ServerState, relay: TcpRelay, peer: TransportAddress, now: Instant) {
    this.#state = state;
    this.relay = relay;
    this.peer = peer;
    this.id = freeId(state);
    this.expiresAt = now + tcpPatienceS * 1000;
    state.peerConnections.set(this.id, this);
    state.deadlines.add(this);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The client's ConnectionBind has come. */
  get isBound(): boolean {
    return this.#client !== undefined;
  }

  /** The peer has answered. */
  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  /** What the peer sends waits in its socket until the client binds. */
  connected(socket: StreamSocket, now: Instant): void {
    this.onGivenUp = undefined;
    this.#socket = socket;
    socket.pause();
    this.expiresAt = now + tcpPatienceS * 1000;
  }

  /** RFC 6062 §5.4: from here on bytes pass in both directions. */
  bind(client: StreamSocket): void {
    this.#client = client;
    this.#state.deadlines.delete(this);
    this.#socket?.resume();
  }

  /** Bytes from the client. */
  toPeer(bytes: Uint8Array): void {
    this.#state.counters.toPeers.count(bytes.length);
    this.relay.allocation.traffic.count(bytes.length);
    if (this.#socket?.send(bytes, 0, bytes.length) === false) this.#client?.pause();
  }

  /** The client takes bytes again. */
  clientDrained(): void {
    this.#socket?.resume();
  }

  /** The client has hung up. */
  clientClosed(): void {
    this.#client = undefined;
    this.close();
  }

  receive(bytes: Uint8Array): void {
    this.#state.counters.fromPeers.count(bytes.length);
    this.relay.allocation.traffic.count(bytes.length);
    if (this.#client?.send(bytes, 0, bytes.length) === false) this.#socket?.pause();
  }

  drained(): void {
    this.#client?.resume();
  }

  closed(): void {
    this.#socket = undefined;
    this.close();
  }

  /** Nobody came in time. */
  expire(now: Instant): void {
    this.giveUp(now);
  }

  giveUp(now: Instant): void {
    const tell = this.onGivenUp;
    this.onGivenUp = undefined;
    this.close();
    tell?.(now);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#state.peerConnections.delete(this.id);
    this.#state.deadlines.delete(this);
    this.relay.forget(this);
    this.#socket?.close();
    this.#client?.close();
  }
}

/** Ids are random: a guessed one is of no use without the owner's credentials, but says nothing either. */
function freeId(state: ServerState): number {
  for (;;) {
    const id = readU32(state.crypto.random(4), 0);
    if (!state.peerConnections.has(id)) return id;
  }
}
