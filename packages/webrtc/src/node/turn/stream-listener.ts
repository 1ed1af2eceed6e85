import { createServer, type Server, type Socket } from "node:net";
import type { TransportAddress } from "../../wire/index.ts";
import { TurnBindError } from "./turn-bind-error.ts";

/** What comes to a TCP port, told apart by its first byte. */
export type FirstByte = "tls" | "turn" | "other";

/**
 * What a connection speaks: a TLS handshake record begins with 22 (RFC 8446 §5.1), a STUN message
 * with 0 to 3 (RFC 7983 §7), and ChannelData cannot come first, since a channel is asked for before.
 */
export function judgeFirstByte(byte: number): FirstByte {
  if (byte === 22) return "tls";
  return byte <= 3 ? "turn" : "other";
}

/** A TCP port whose connections are handed on once they have said something. */
export class StreamListener {
  readonly #server: Server;
  readonly address: TransportAddress;

  private constructor(server: Server, address: TransportAddress) {
    this.#server = server;
    this.address = address;
  }

  /** Listens; `admit` may refuse a connection before a byte of it is read. */
  static open(
    address: TransportAddress,
    admit: (socket: Socket) => boolean,
    take: (socket: Socket, first: FirstByte) => void,
  ): Promise<StreamListener> {
    const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
      socket.on("error", ignore);
      if (!admit(socket)) socket.destroy();
      else awaitFirstByte(socket, take);
    });
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void => reject(new TurnBindError("tcp", address, cause));
      server.once("error", fail);
      server.listen(
        { host: address.ip, port: address.port, ipv6Only: true, exclusive: true },
        () => {
          server.off("error", fail);
          // Out of file descriptors, for example: the next connection may find some.
          server.on("error", ignore);
          const bound = server.address();
          const port = bound !== null && typeof bound === "object" ? bound.port : address.port;
          resolve(new StreamListener(server, { ip: address.ip, port }));
        },
      );
    });
  }

  /** Takes no more connections; those that are open stay. */
  close(): void {
    this.#server.close();
  }
}

function awaitFirstByte(socket: Socket, take: (socket: Socket, first: FirstByte) => void): void {
  const timer = setTimeout(() => socket.destroy(), firstBytePatienceMs);
  socket.once("close", () => clearTimeout(timer));
  socket.once("readable", () => {
    clearTimeout(timer);
    const bytes: Buffer | null = socket.read();
    if (bytes === null) {
      socket.destroy();
      return;
    }
    socket.unshift(bytes);
    take(socket, judgeFirstByte(bytes[0] as number));
  });
}

/** Whoever connects and says nothing is sent away after so long. */
const firstBytePatienceMs = 10_000;

/** A connection that breaks has nobody left to tell. */
function ignore(): void {}
