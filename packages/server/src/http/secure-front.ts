import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import {
  createServer as createTlsServer,
  type TLSSocket,
  type Server as TlsServer,
} from "node:tls";
import { judgeFirstByte, turnAlpnProtocols } from "@tincan/webrtc/node";
import { ChallengeAnswers } from "../acme/challenge-answers.ts";
import type { ServerCertificate } from "../certificate/server-certificate.ts";
import type { Logger } from "../log.ts";
import { ACME_TLS, challengeTls } from "./challenge-tls.ts";
import { clientHelloProtocols } from "./client-hello.ts";
import { listen } from "./listen.ts";
import { redirectToHttps } from "./redirect-to-https.ts";

/**
 * The TCP port that everybody may reach. A connection is told apart by its first byte (a TLS
 * handshake or something else), and what is inside TLS by the protocol that its ALPN agreed on.
 */
export class SecureFront {
  readonly #tcp: TcpServer;
  readonly #tls: TlsServer;
  readonly #plainHttp: HttpServer;
  readonly #answers: ChallengeAnswers;
  readonly #challengeTls: TlsServer;
  readonly #sockets = new Set<Socket>();
  #takeTurn: ((socket: Socket) => void) | undefined;

  /** HTTP inside TLS goes to `web`, which may listen elsewhere at the same time. */
  constructor(
    web: HttpServer,
    certificate: ServerCertificate,
    log: Logger,
    answers: ChallengeAnswers = new ChallengeAnswers(),
  ) {
    this.#tls = createTlsServer({
      cert: certificate.cert,
      key: certificate.key,
      minVersion: "TLSv1.2",
      ALPNProtocols: ["http/1.1", ...turnAlpnProtocols],
      handshakeTimeout: FIRST_BYTES_TIMEOUT_MS,
    });
    this.#tls.on("secureConnection", (socket) => this.#routeSecure(socket, web));
    this.#tls.on("tlsClientError", (error) => log.debug({ err: error }, "a TLS handshake failed"));
    this.#plainHttp = createHttpServer((request, response) => redirectToHttps(request, response));
    this.#answers = answers;
    this.#challengeTls = challengeTls(answers);
    this.#tcp = createTcpServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#tcp.maxConnections = MAX_CONNECTIONS;
  }

  /** From now on, what speaks STUN or TURN, inside TLS or without, goes to `take`. */
  serveTurn(take: (socket: Socket) => void): void {
    this.#takeTurn = take;
  }

  /** Starts to listen and answers with the port; on all interfaces where `host` is undefined. */
  listen(port: number, host: string | undefined): Promise<number> {
    return listen(this.#tcp, { port, host, portOption: "--port", hostOption: "--host" });
  }

  /** New connections get this certificate; those that are open stay as they are. */
  renew(certificate: ServerCertificate): void {
    this.#tls.setSecureContext({
      cert: certificate.cert,
      key: certificate.key,
      minVersion: "TLSv1.2",
    });
  }

  /** Stops listening and ends every connection. */
  close(): void {
    this.#tcp.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.on("error", ignore);
    socket.setTimeout(FIRST_BYTES_TIMEOUT_MS, () => socket.destroy());
    socket.once("readable", () => this.#route(socket));
  }

  #route(socket: Socket): void {
    const first: Buffer | null = socket.read();
    if (first === null) {
      socket.destroy();
      return;
    }
    if (first[0] === TLS_HANDSHAKE && this.#answers.isAwaitedOverTls) {
      this.#routeHello(socket, first);
      return;
    }
    socket.unshift(first);
    if (first[0] === TLS_HANDSHAKE) {
      socket.setTimeout(0);
      this.#tls.emit("connection", socket);
    } else if (this.#takeTurn !== undefined && isStun(first[0] as number)) {
      socket.setTimeout(0);
      this.#takeTurn(socket);
    } else if (isUpperCaseLetter(first[0] as number)) {
      // Somebody typed http:// before the address; the timeout still runs.
      this.#plainHttp.emit("connection", socket);
    } else socket.destroy();
  }

  /** Inside TLS, ALPN tells (RFC 7443); browsers say none for TURN, so the first byte has to. */
  #routeSecure(socket: TLSSocket, web: HttpServer): void {
    const take = this.#takeTurn;
    const protocol = socket.alpnProtocol;
    if (typeof protocol === "string" && turnAlpnProtocols.includes(protocol)) {
      if (take === undefined) socket.destroy();
      else take(socket);
      return;
    }
    if (take === undefined || protocol === "http/1.1") {
      web.emit("connection", socket);
      return;
    }
    socket.on("error", ignore);
    socket.setTimeout(FIRST_BYTES_TIMEOUT_MS, () => socket.destroy());
    socket.once("readable", () => {
      const first: Buffer | null = socket.read();
      if (first === null) {
        socket.destroy();
        return;
      }
      socket.unshift(first);
      socket.setTimeout(0);
      if (isStun(first[0] as number)) take(socket);
      else web.emit("connection", socket);
    });
  }

  /**
   * While a challenge is open, the ClientHello is looked at before the handshake: which certificate
   * a connection gets depends on the ALPN in it, and TLS itself chooses by name alone.
   */
  #routeHello(socket: Socket, bytes: Buffer): void {
    const hello = clientHelloProtocols(bytes);
    if (hello.state === "incomplete") {
      socket.once("readable", () => {
        const more: Buffer | null = socket.read();
        if (more === null) socket.destroy();
        else this.#routeHello(socket, Buffer.concat([bytes, more]));
      });
      return;
    }
    socket.setTimeout(0);
    socket.unshift(bytes);
    // RFC 8737 §3: the authority offers this protocol and no other.
    const isAuthority = hello.state === "read" && hello.protocols.join() === ACME_TLS;
    (isAuthority ? this.#challengeTls : this.#tls).emit("connection", socket);
  }
}

const FIRST_BYTES_TIMEOUT_MS = 10_000;

const MAX_CONNECTIONS = 16_384;

/** ContentType handshake (RFC 8446 §5.1), the first byte of a ClientHello. */
const TLS_HANDSHAKE = 22;

/** STUN messages begin with 0 to 3 (RFC 7983 §7); ChannelData never comes first. */
function isStun(byte: number): boolean {
  return judgeFirstByte(byte) === "turn";
}

/** HTTP methods begin with one (RFC 9110 §9.1). */
function isUpperCaseLetter(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/** A connection that breaks has nobody left to tell. */
function ignore(): void {}
