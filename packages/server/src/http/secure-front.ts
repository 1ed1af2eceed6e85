import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";
import type { ServerCertificate } from "../certificate/server-certificate.ts";
import type { Logger } from "../log.ts";
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
  readonly #sockets = new Set<Socket>();

  /** HTTP inside TLS goes to `web`, which may listen elsewhere at the same time. */
  constructor(web: HttpServer, certificate: ServerCertificate, log: Logger) {
    this.#tls = createTlsServer({
      cert: certificate.cert,
      key: certificate.key,
      minVersion: "TLSv1.2",
      ALPNProtocols: ["http/1.1"],
      handshakeTimeout: FIRST_BYTES_TIMEOUT_MS,
    });
    this.#tls.on("secureConnection", (socket) => web.emit("connection", socket));
    this.#tls.on("tlsClientError", (error) => log.debug({ err: error }, "a TLS handshake failed"));
    this.#plainHttp = createHttpServer(redirectToHttps);
    this.#tcp = createTcpServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#tcp.maxConnections = MAX_CONNECTIONS;
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
    socket.unshift(first);
    if (first[0] === TLS_HANDSHAKE) {
      socket.setTimeout(0);
      this.#tls.emit("connection", socket);
    } else if (isUpperCaseLetter(first[0] as number)) {
      // Somebody typed http:// before the address; the timeout still runs.
      this.#plainHttp.emit("connection", socket);
    } else socket.destroy();
  }
}

const FIRST_BYTES_TIMEOUT_MS = 10_000;

const MAX_CONNECTIONS = 16_384;

/** ContentType handshake (RFC 8446 §5.1), the first byte of a ClientHello. */
const TLS_HANDSHAKE = 22;

/** HTTP methods begin with one (RFC 9110 §9.1). */
function isUpperCaseLetter(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/** A connection that breaks has nobody left to tell. */
function ignore(): void {}
