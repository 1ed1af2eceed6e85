import type { Socket } from "node:net";
import {
  createServer as createTlsServer,
  type SecureContextOptions,
  TLSSocket,
  type Server as TlsServer,
} from "node:tls";
import type { StreamReceiver, StreamSocket } from "../../turn/index.ts";
import type { Instant, TransportAddress } from "../../wire/index.ts";
import { now } from "../clock.ts";
import { StreamAdmission, type StreamLimits } from "./stream-admission.ts";
import { StreamConnection } from "./stream-connection.ts";
import { type FirstByte, StreamListener } from "./stream-listener.ts";

/** The protocols of RFC 7443: a TLS client that names one of them wants this server. */
export const turnAlpnProtocols: readonly string[] = ["stun.turn", "stun.nat-discovery"];

/** What the connections of clients need. */
export interface ClientStreamsOptions {
  readonly limits: StreamLimits;
  readonly plainTcp: boolean;
  readonly tls: SecureContextOptions | undefined;
  readonly accept: (socket: StreamSocket, transport: "tcp" | "tls", now: Instant) => StreamReceiver;
  readonly settle: () => void;
}

/** The TCP and TLS connections of clients, from their first byte to their last. */
export class ClientStreams {
  readonly #options: ClientStreamsOptions;
  readonly #admission: StreamAdmission;
  readonly #tls: TlsServer | undefined;
  readonly #listeners: StreamListener[] = [];
  readonly #sockets = new Set<Socket>();

  constructor(options: ClientStreamsOptions) {
    this.#options = options;
    this.#admission = new StreamAdmission(options.limits);
    this.#tls = options.tls && this.#tlsServer(options.tls);
  }

  async listen(address: TransportAddress): Promise<void> {
    const listener = await StreamListener.open(
      address,
      (socket) => this.#admit(socket),
      (socket, first) => this.#route(socket, first),
    );
    this.#listeners.push(listener);
  }

  get addresses(): readonly TransportAddress[] {
    return this.#listeners.map(({ address }) => address);
  }

  /** Serves a connection that was accepted elsewhere. */
  take(socket: Socket): void {
    socket.on("error", ignore);
    if (this.#admit(socket)) this.#serve(socket);
    else socket.destroy();
  }

  changeCertificate(tls: SecureContextOptions): void {
    this.#tls?.setSecureContext(tls);
  }

  changeLimits(limits: Partial<StreamLimits>): void {
    this.#admission.limits = { ...this.#admission.limits, ...limits };
  }

  get open(): number {
    return this.#admission.open;
  }

  get refused(): number {
    return this.#admission.refused;
  }

  close(): void {
    for (const listener of this.#listeners) listener.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #admit(socket: Socket): boolean {
    const ip = socket.remoteAddress;
    // Without an address it has hung up already.
    if (ip === undefined || !this.#admission.enter(ip)) return false;
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#admission.leave(ip);
    });
    return true;
  }

  #route(socket: Socket, first: FirstByte): void {
    if (first === "tls" && this.#tls !== undefined) this.#tls.emit("connection", socket);
    else if (first === "turn" && this.#options.plainTcp) this.#serve(socket);
    else socket.destroy();
  }

  #serve(socket: Socket): void {
    const { accept, settle } = this.#options;
    const connection = new StreamConnection(socket);
    const transport = socket instanceof TLSSocket ? "tls" : "tcp";
    connection.connect(accept(connection, transport, now()), settle);
    settle();
  }

  #tlsServer(tls: SecureContextOptions): TlsServer {
    const server = createTlsServer({
      ...tls,
      ALPNProtocols: [...turnAlpnProtocols],
      handshakeTimeout: handshakePatienceMs,
    });
    server.on("secureConnection", (socket) => this.#serve(socket));
    server.on("tlsClientError", (_error, socket) => socket.destroy());
    return server;
  }
}

const handshakePatienceMs = 10_000;

/** A connection that breaks closes too, and that is told. */
function ignore(): void {}
