/** A server in a room without walls: what it sends arrives at once, and every packet can be looked at. */
import { nodeCrypto } from "../node/crypto.ts";
import {
  BindingServer,
  decodeMessage,
  ErrorCode,
  LongTermClient,
  MessageWriter,
  type StunMessage,
} from "../stun/index.ts";
import { formatAddress, type Instant, type TransportAddress } from "../wire/index.ts";
import { RequestedTransport } from "./attributes.ts";
import { allocateMethod } from "./methods.ts";
import type {
  DatagramReceiver,
  RelayReceiver,
  RelaySockets,
  StreamReceiver,
  StreamSocket,
  TcpRelayReceiver,
} from "./ports.ts";
import type { RelayAddress } from "./relay-addresses.ts";
import type { TurnSettings } from "./settings.ts";
import { TurnServer } from "./turn-server.ts";
import type { TurnServerEvent } from "./turn-server-event.ts";
import { Users } from "./users.ts";

export const serverAddress: TransportAddress = { ip: "198.18.0.1", port: 3478 };
export const relayIp = "203.0.113.9";
export const relayIp6 = "2001:db8::9";
export const peer: TransportAddress = { ip: "8.8.8.8", port: 5000 };
export const peer6: TransportAddress = { ip: "2a00::8", port: 5000 };

/** What was sent from a relay to a peer. */
export interface Sent {
  readonly to: string;
  readonly text: string;
  readonly dontFragment: boolean;
}

export interface RigOptions {
  readonly settings?: Partial<TurnSettings>;
  readonly relays?: readonly RelayAddress[];
  readonly canSetDontFragment?: boolean;
}

export class Rig {
  now: Instant = 1_000_000;
  unixTimeS = 1_700_000_000;
  readonly server: TurnServer;
  readonly events: TurnServerEvent[] = [];
  /** Open relay sockets by address. */
  readonly relays = new Map<string, { receiver: RelayReceiver; sent: Sent[] }>();
  readonly tcpRelays = new Map<string, TcpRelayReceiver>();
  /** Addresses that somebody else on the machine has. */
  readonly occupied = new Set<string>();
  readonly clients = new Map<string, TestClient>();
  readonly listener: DatagramReceiver;
  /** What a TCP relay finds where it connects to; by default nobody answers. */
  answerTcp: (to: TransportAddress) => TestStream | undefined = () => undefined;
  #receiverOfStream = new Map<TestStream, StreamReceiver>();

  constructor(options: RigOptions = {}) {
    this.server = new TurnServer({
      crypto: nodeCrypto,
      sockets: this.#sockets(options.canSetDontFragment ?? true),
      relays: options.relays ?? [
        { ip: relayIp, firstPort: 50_000, lastPort: 50_999 },
        { ip: relayIp6, firstPort: 50_000, lastPort: 50_999 },
      ],
      users: this.users({}),
      binding: new BindingServer(),
      settings: { mobility: true, ...options.settings },
    });
    this.listener = this.server.listen({
      local: serverAddress,
      send: (bytes, start, end, to) =>
        this.clients.get(formatAddress(to))?.inbox.push(bytes.slice(start, end)),
    });
  }

  users(more: { secrets?: readonly string[]; names?: readonly string[] }): Users {
    const names = more.names ?? ["alice", "bob"];
    return new Users({
      crypto: nodeCrypto,
      realm: "tincan",
      unixTimeS: () => this.unixTimeS,
      users: names.map((name) => ({ name, password: `${name}-secret` })),
      ...(more.secrets && { secrets: more.secrets }),
    });
  }

  client(port = 1000, username = "alice", ip = "192.0.2.7"): TestClient {
    return new TestClient(this, { ip, port }, username);
  }

  /** A client on TCP. */
  stream(port = 1000, username = "alice"): TestClient {
    const stream = new TestStream({ ip: "192.0.2.7", port });
    const receiver = this.server.accept(stream, "tcp", this.now);
    return new TestClient(this, stream.remote, username, { stream, receiver });
  }

  /** A peer's datagram arrives at a relay. */
  fromPeer(relay: TransportAddress, from: TransportAddress, text: string, headroom = 0): void {
    const data = new TextEncoder().encode(text);
    const bytes = new Uint8Array(headroom + data.length);
    bytes.set(data, headroom);
    this.relays
      .get(formatAddress(relay))
      ?.receiver.receive(bytes, headroom, bytes.length, from.ip, from.port, this.now);
    this.drain();
  }

  sentFrom(relay: TransportAddress): readonly Sent[] {
    return this.relays.get(formatAddress(relay))?.sent ?? [];
  }

  advance(seconds: number): void {
    const until = this.now + seconds * 1000;
    for (;;) {
      const { deadline } = this.server;
      if (deadline === undefined || deadline > until) break;
      this.now = Math.max(this.now, deadline);
      this.server.handleTimeout(this.now);
    }
    this.now = until;
    this.drain();
  }

  drain(): void {
    for (let output = this.server.poll(); output; output = this.server.poll()) {
      if (output.type === "event") this.events.push(output.event);
    }
  }

  /** The bytes that a peer's or client's stream brings to the server. */
  push(stream: TestStream, text: string): void {
    this.#receiverOfStream.get(stream)?.receive(new TextEncoder().encode(text), this.now);
  }

  hangUp(stream: TestStream): void {
    this.#receiverOfStream.get(stream)?.closed(this.now);
    this.drain();
  }

  /** A peer connects to a TCP relay. */
  connectPeer(relay: TransportAddress, stream: TestStream): boolean {
    const receiver = this.tcpRelays.get(formatAddress(relay))?.accepted(stream, this.now);
    if (receiver !== undefined) this.#receiverOfStream.set(stream, receiver);
    this.drain();
    return receiver !== undefined;
  }

  #sockets(canSetDontFragment: boolean): RelaySockets {
    return {
      canSetDontFragment,
      buffer: (length) => new Uint8Array(length),
      openUdp: (address, receiver, opened) => {
        const key = formatAddress(address);
        if (this.occupied.has(key)) return opened(undefined, this.now);
        const sent: Sent[] = [];
        this.relays.set(key, { receiver, sent });
        opened(
          {
            send: (bytes, start, end, to, dontFragment) => {
              const text = new TextDecoder().decode(bytes.subarray(start, end));
              sent.push({ to: formatAddress(to), text, dontFragment });
            },
            close: () => this.relays.delete(key),
          },
          this.now,
        );
      },
      openTcp: (address, receiver, opened) => {
        const key = formatAddress(address);
        this.tcpRelays.set(key, receiver);
        opened(
          {
            connect: (to, connected) => {
              const stream = this.answerTcp(to);
              const taker = connected(stream, this.now);
              if (stream && taker) this.#receiverOfStream.set(stream, taker);
            },
            close: () => this.tcpRelays.delete(key),
          },
          this.now,
        );
      },
    };
  }
}

export class TestStream implements StreamSocket {
  readonly local: TransportAddress = serverAddress;
  readonly remote: TransportAddress;
  readonly written: Uint8Array[] = [];
  isPaused = false;
  isClosed = false;
  isFull = false;

  constructor(remote: TransportAddress) {
    this.remote = remote;
  }

  send(bytes: Uint8Array, start: number, end: number): boolean {
    this.written.push(bytes.slice(start, end));
    return !this.isFull;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(): void {
    this.isClosed = true;
  }

  get text(): string {
    return this.written.map((bytes) => new TextDecoder().decode(bytes)).join("");
  }
}

export class TestClient {
  readonly address: TransportAddress;
  readonly connection: { stream: TestStream; receiver: StreamReceiver } | undefined;
  longTerm: LongTermClient;
  readonly #rig: Rig;
  readonly #inbox: Uint8Array[] = [];

  constructor(
    rig: Rig,
    address: TransportAddress,
    username: string,
    connection?: { stream: TestStream; receiver: StreamReceiver },
    password = `${username}-secret`,
  ) {
    this.#rig = rig;
    this.address = address;
    this.connection = connection;
    this.longTerm = new LongTermClient(nodeCrypto, { username, password });
    rig.clients.set(formatAddress(address), this);
  }

  /** What came from the server and was not taken yet. */
  get inbox(): Uint8Array[] {
    return this.connection?.stream.written ?? this.#inbox;
  }

  sendRaw(bytes: Uint8Array): void {
    const { ip, port } = this.address;
    if (this.connection) this.connection.receiver.receive(bytes, this.#rig.now);
    else this.#rig.listener.receive(bytes, 0, bytes.length, ip, port, this.#rig.now);
    this.#rig.drain();
  }

  /** Takes the newest message from the inbox. */
  take(): StunMessage | undefined {
    const bytes = this.inbox.pop();
    const decoded = bytes && decodeMessage(bytes);
    return decoded?.ok ? decoded.value : undefined;
  }

  build(
    method: number,
    write: (writer: MessageWriter) => void = () => {},
    transactionId: Uint8Array = nodeCrypto.random(12),
  ): Uint8Array {
    const writer = new MessageWriter().begin(method, "request", transactionId);
    write(writer);
    this.longTerm.addCredentials(writer);
    this.longTerm.sign(writer);
    return writer.finishCopy();
  }

  /** Makes a request, signs it after a challenge, and answers the last response. */
  ask(method: number, write?: (writer: MessageWriter) => void): StunMessage | undefined {
    for (let attempt = 0; ; attempt += 1) {
      this.sendRaw(this.build(method, write));
      const response = this.take();
      const code = response?.value(ErrorCode)?.code;
      const isChallenge = code === 401 || code === 438;
      if (response === undefined || !isChallenge || attempt === 2) return response;
      if (this.longTerm.handleChallenge(response) !== "retry") return response;
    }
  }

  /** Makes a request and answers its error code, or "ok". */
  code(method: number, write?: (writer: MessageWriter) => void): number | "ok" | "silence" {
    const response = this.ask(method, write);
    if (response === undefined) return "silence";
    return response.class === "success" ? "ok" : (response.value(ErrorCode)?.code ?? 0);
  }

  allocate(write: (writer: MessageWriter) => void = () => {}): StunMessage {
    const response = this.ask(allocateMethod, (writer) => {
      writer.add(RequestedTransport, 17);
      write(writer);
    });
    if (response === undefined) throw new Error("no answer");
    return response;
  }

  indicate(method: number, write: (writer: MessageWriter) => void): void {
    const writer = new MessageWriter().begin(method, "indication", nodeCrypto.random(12));
    write(writer);
    this.sendRaw(writer.finishCopy());
  }
}
