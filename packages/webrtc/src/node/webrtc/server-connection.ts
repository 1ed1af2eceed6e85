import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { canonicalIp, type TransportAddress } from "../../wire/index.ts";

/** A connection to a TURN server. */
export interface ServerConnection {
  readonly local: TransportAddress;
  readonly isOpen: boolean;
  send(bytes: Uint8Array): void;
  close(): void;
}

/** What comes of a connection. */
export interface ServerConnectionHandlers {
  opened(connection: ServerConnection): void;
  received(bytes: Uint8Array): void;
  /** It could not be opened, or is over. */
  ended(why: string): void;
}

/** How much may wait for a server that reads slowly; more is dropped, as datagrams would be. */
const longestQueue = 1024 * 1024;

/** Opens a TCP or TLS connection to a TURN server (RFC 8656 §3.1). */
export function connectToServer(
  transport: "tcp" | "tls",
  server: TransportAddress,
  name: string,
  handlers: ServerConnectionHandlers,
): ServerConnection {
  const target = { host: server.ip, port: server.port };
  const socket: Socket =
    transport === "tcp"
      ? connectTcp(target)
      : connectTls({
          ...target,
          // RFC 7443 §3.2
          ALPNProtocols: ["stun.turn"],
          ...(isIP(name) === 0 && { servername: name }),
        });
  let why = "The connection to the TURN server was closed.";
  let isOpen = false;
  const connection: ServerConnection = {
    get local() {
      return { ip: canonicalIp(socket.localAddress ?? "") ?? "", port: socket.localPort ?? 0 };
    },
    get isOpen() {
      return isOpen;
    },
    send: (bytes) => {
      if (isOpen && socket.writableLength < longestQueue) socket.write(bytes);
    },
    close: () => {
      socket.end();
      socket.unref();
    },
  };
  socket.setNoDelay(true);
  socket.once(transport === "tcp" ? "connect" : "secureConnect", () => {
    isOpen = true;
    handlers.opened(connection);
  });
  socket.on("data", (bytes) => handlers.received(bytes));
  socket.on("error", (error) => {
    why = `The TURN server cannot be reached: ${error.message}`;
  });
  socket.once("close", () => {
    isOpen = false;
    handlers.ended(why);
  });
  return connection;
}
