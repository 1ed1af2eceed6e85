import { connect, createServer, type Server, type Socket } from "node:net";
import type {
  StreamReceiver,
  StreamSocket,
  TcpRelayListener,
  TcpRelayReceiver,
} from "../../turn/index.ts";
import type { Instant, TransportAddress } from "../../wire/index.ts";
import { now } from "../clock.ts";
import { StreamConnection } from "./stream-connection.ts";

/** Opens a relayed TCP address (RFC 6062): a port that listens, and that connections are made from. */
export function openTcpRelay(
  address: TransportAddress,
  receiver: TcpRelayReceiver,
  settle: () => void,
  opened: (listener: TcpRelayListener | undefined, now: Instant) => void,
): void {
  const relay = new TcpRelayPort(address, receiver, settle);
  relay.listen((isOpen) => {
    opened(isOpen ? relay : undefined, now());
    settle();
  });
}

type Connected = (socket: StreamSocket | undefined, now: Instant) => StreamReceiver | undefined;

class TcpRelayPort implements TcpRelayListener {
  readonly #address: TransportAddress;
  readonly #receiver: TcpRelayReceiver;
  readonly #settle: () => void;
  /** Connections that wait until the port can be bound for them. */
  readonly #waiting: { readonly peer: TransportAddress; readonly connected: Connected }[] = [];
  #server: Server | undefined;
  #isChanging = false;
  #isClosed = false;

  constructor(address: TransportAddress, receiver: TcpRelayReceiver, settle: () => void) {
    this.#address = address;
    this.#receiver = receiver;
    this.#settle = settle;
  }

  listen(done: (isOpen: boolean) => void): void {
    const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) =>
      this.#accept(socket),
    );
    server.maxConnections = maxPeerConnections;
    this.#server = server;
    server.once("error", () => {
      if (!server.listening) done(false);
    });
    const { ip, port } = this.#address;
    server.listen({ host: ip, port, ipv6Only: true, exclusive: true, backlog: 16 }, () => {
      server.on("error", ignore);
      if (this.#isClosed) server.close();
      done(true);
    });
  }

  /** The server has checked the caps, so `#waiting` is as short as they are. */
  connect(peer: TransportAddress, connected: Connected): void {
    this.#waiting.push({ peer, connected });
    if (!this.#isChanging) this.#connectNext();
  }

  close(): void {
    this.#isClosed = true;
    this.#server?.close();
  }

  /**
   * The connection has to come from the relayed address itself (RFC 6062 §5.2). The system binds a
   * socket to a port that another one listens on only with an option that Node does not have; so
   * the port stops listening for the moment of the bind, which no established connection minds.
   */
  #connectNext(): void {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    if (this.#isClosed) {
      next.connected(undefined, now());
      this.#connectNext();
      return;
    }
    this.#isChanging = true;
    this.#server?.close();
    this.#server = undefined;
    const { ip, port } = this.#address;
    const { peer, connected } = next;
    const socket = connect({
      host: peer.ip,
      port: peer.port,
      localAddress: ip,
      localPort: port,
      noDelay: true,
      autoSelectFamily: false,
    });
    this.#follow(socket, connected);
    // It is bound in the next tick, since nothing is to be looked up; right behind that the port
    // listens again, before the event loop looks at any socket.
    process.nextTick(() => {
      if (this.#isClosed) this.#goOn();
      else {
        this.listen((isOpen) => {
          if (!isOpen) this.#receiver.failed();
          this.#goOn();
        });
      }
    });
  }

  #goOn(): void {
    this.#isChanging = false;
    this.#connectNext();
    this.#settle();
  }

  #follow(socket: Socket, connected: Connected): void {
    const fail = (): void => {
      clearTimeout(timer);
      connected(undefined, now());
      this.#settle();
    };
    const timer = setTimeout(() => socket.destroy(new Error("no answer")), connectPatienceMs);
    socket.once("error", fail);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", fail);
      const connection = new StreamConnection(socket);
      const receiver = connected(connection, now());
      if (receiver === undefined) connection.close();
      else connection.connect(receiver, this.#settle);
      this.#settle();
    });
  }

  #accept(socket: Socket): void {
    const connection = new StreamConnection(socket);
    const receiver = this.#receiver.accepted(connection, now());
    if (receiver === undefined) socket.destroy();
    else connection.connect(receiver, this.#settle);
    this.#settle();
  }
}

/** The server's own cap is lower; this one keeps a flood of connections out of the process. */
const maxPeerConnections = 256;

/** RFC 6062 §5.2 asks for 30 seconds at least; the server counts them too. */
const connectPatienceMs = 30_000;

function ignore(): void {}
