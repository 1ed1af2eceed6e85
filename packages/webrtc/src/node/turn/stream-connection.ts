import type { Socket } from "node:net";
import type { StreamReceiver, StreamSocket } from "../../turn/index.ts";
import { canonicalIp, type TransportAddress } from "../../wire/index.ts";
import { now } from "../clock.ts";

/** A TCP or TLS connection as the server knows it. */
export class StreamConnection implements StreamSocket {
  readonly local: TransportAddress;
  readonly remote: TransportAddress;
  readonly #socket: Socket;
  #isCorked = false;
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.local = addressOf(socket.localAddress, socket.localPort);
    this.remote = addressOf(socket.remoteAddress, socket.remotePort);
    socket.on("error", ignore);
  }

  /** Hands over what comes, and after each call tells `settle`. */
  connect(receiver: StreamReceiver, settle: () => void): void {
    const socket = this.#socket;
    socket.on("data", (bytes) => {
      receiver.receive(bytes as Buffer, now());
      settle();
    });
    socket.on("drain", () => {
      receiver.drained(now());
      settle();
    });
    socket.on("close", () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      receiver.closed(now());
      settle();
    });
  }

  send(bytes: Uint8Array, start: number, end: number): boolean {
    const socket = this.#socket;
    if (this.#isClosed || !socket.writable) return true;
    if (!this.#isCorked) {
      // What one turn of the event loop brings goes out in one system call.
      this.#isCorked = true;
      socket.cork();
      setImmediate(() => {
        this.#isCorked = false;
        socket.uncork();
      });
    }
    const hasRoom = socket.write(bytes.subarray(start, end));
    // Relayed data is dropped before; this is somebody who asks and asks and never reads an answer.
    if (socket.writableLength > longestQueue) socket.destroy();
    return hasRoom;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const socket = this.#socket;
    socket.destroySoon();
    // Nobody may keep a connection open by not reading the last of it.
    const timer = setTimeout(() => socket.destroy(), closePatienceMs);
    socket.once("close", () => clearTimeout(timer));
  }
}

/** IPv4 clients of a socket that takes both families are IPv4 clients. */
function addressOf(ip: string | undefined, port: number | undefined): TransportAddress {
  const text = ip?.startsWith(mappedPrefix) ? ip.slice(mappedPrefix.length) : ip;
  return { ip: canonicalIp(text ?? "") ?? "", port: port ?? 0 };
}

const mappedPrefix = "::ffff:";

const longestQueue = 1024 * 1024;

const closePatienceMs = 5_000;

/** A connection that breaks closes too, and that is told. */
function ignore(): void {}
