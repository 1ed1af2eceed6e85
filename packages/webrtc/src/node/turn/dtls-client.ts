import {
  DtlsConnection,
  type DtlsEvent,
  type DtlsVersion,
  type LocalCertificate,
  type RetriedHello,
} from "../../dtls/index.ts";
import type { StreamReceiver, StreamSocket } from "../../turn/index.ts";
import { equal, type Instant, type TransportAddress } from "../../wire/index.ts";
import { now } from "../clock.ts";
import { type DrivenMachine, driveMachine } from "../drive-machine.ts";
import { nodeDtlsCrypto } from "../dtls-crypto.ts";
import type { EngineSocket } from "../udp/udp-engine.ts";
import { turnAlpnProtocols } from "./client-streams.ts";

/** What becomes of a client on DTLS. */
export interface DtlsClientHandlers {
  /** The handshake is done: answers who takes the messages. */
  readonly connected: (client: DtlsClient, now: Instant) => StreamReceiver;
  /** Something may have happened in the server, or is to leave. */
  readonly settle: () => void;
  /** It is over, for whatever reason. */
  readonly ended: (client: DtlsClient) => void;
}

/** What is spoken; the cookies that come before are those of the same. */
export const turnDtlsVersions: readonly DtlsVersion[] = ["1.3", "1.2"];

/** The hello that has shown a cookie. */
export interface CheckedHello {
  readonly packet: Uint8Array;
  readonly retried: RetriedHello | undefined;
}

/** A client on DTLS: one 5-tuple of a UDP socket, whose messages come and go encrypted. */
export class DtlsClient implements StreamSocket {
  readonly remote: TransportAddress;
  readonly #socket: EngineSocket;
  readonly #buffer: (length: number) => Uint8Array;
  readonly #handlers: DtlsClientHandlers;
  readonly #connection: DtlsConnection;
  readonly #driven: DrivenMachine<Uint8Array>;
  readonly #random: Uint8Array;
  #receiver: StreamReceiver | undefined;
  #isEnded = false;

  constructor(
    socket: EngineSocket,
    remote: TransportAddress,
    hello: CheckedHello,
    certificate: LocalCertificate,
    buffer: (length: number) => Uint8Array,
    handlers: DtlsClientHandlers,
  ) {
    this.remote = remote;
    this.#socket = socket;
    this.#random = hello.packet.slice(...randomAt);
    this.#buffer = buffer;
    this.#handlers = handlers;
    this.#connection = new DtlsConnection({
      role: "server",
      versions: turnDtlsVersions,
      ...(hello.retried && { retried: hello.retried }),
      crypto: nodeDtlsCrypto,
      certificate,
      peerIdentity: "none",
      alpn: turnAlpnProtocols,
      handshakeTimeoutMs: handshakePatienceMs,
    });
    this.#connection.start(now());
    this.#driven = driveMachine(this.#connection, {
      send: (packet) => {
        socket.send(packet, 0, packet.length, remote);
        handlers.settle();
      },
      on: (event) => this.#on(event),
    });
  }

  get local(): TransportAddress {
    return this.#socket.local;
  }

  /** Whether a datagram is the hello of another client on the same 5-tuple (RFC 6347 §4.2.8). */
  isFollowedBy(packet: Uint8Array): boolean {
    const isHello = packet[0] === 22 && packet[4] === 0 && packet[messageTypeAt] === 1;
    // Only the first fragment has a random.
    const isStart = packet.subarray(...offsetAt).every((byte) => byte === 0);
    return isHello && isStart && !equal(packet.subarray(...randomAt), this.#random);
  }

  /** Ends without a word: whoever was there is gone. */
  abandon(): void {
    this.#driven.stop();
    this.#end();
  }

  /** Takes a datagram of the client's over. */
  receive(packet: Uint8Array): void {
    this.#driven.receive(packet);
  }

  send(bytes: Uint8Array, start: number, end: number): boolean {
    const connection = this.#connection;
    if (connection.state !== "connected") return true;
    const packet = this.#buffer(connection.overhead + end - start);
    const length = connection.seal(bytes.subarray(start, end), packet, 0);
    if (length > 0) this.#socket.send(packet, 0, length, this.remote);
    else this.#driven.drain();
    // What the network does not take is lost, as over UDP: nothing waits here.
    return true;
  }

  /** Datagrams cannot be held back; only TCP relays ask for it, and those need a stream. */
  pause(): void {}

  resume(): void {}

  close(): void {
    this.#receiver = undefined;
    this.#connection.close();
    this.#driven.drain();
  }

  #on(event: DtlsEvent): void {
    switch (event.type) {
      case "connected":
        this.#receiver = this.#handlers.connected(this, now());
        break;
      case "data":
        this.#receiver?.receive(event.data, now());
        break;
      case "closed":
        this.#end();
    }
    this.#handlers.settle();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const receiver = this.#receiver;
    this.#receiver = undefined;
    this.#handlers.ended(this);
    receiver?.closed(now());
  }
}

/** Where the type, the fragment's offset and the random of a ClientHello stand in its datagram (RFC 6347 §4.1, §4.2.2). */
const messageTypeAt = 13;
const offsetAt = [19, 22] as const;
const randomAt = [27, 59] as const;

/** A handshake takes two round trips; retransmissions of 1, 2 and 4 s are waited for. */
const handshakePatienceMs = 10_000;
