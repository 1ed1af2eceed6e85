/** For tests: our own client on real sockets of the loopback interface. */
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { TurnClient, type TurnClientEvent } from "../../turn/index.ts";
import type { TransportAddress } from "../../wire/index.ts";
import { now } from "../clock.ts";
import { nodeCrypto } from "../crypto.ts";
import { type DrivenMachine, driveMachine } from "../drive-machine.ts";

type EventOf<Type extends TurnClientEvent["type"]> = Extract<TurnClientEvent, { type: Type }>;

export interface TestClientOptions {
  readonly transport?: "udp" | "tcp" | "tls";
  readonly username?: string;
  readonly relayTransport?: "udp" | "tcp";
  readonly family?: 4 | 6;
}

/** A client that is waited for, never slept for. */
export class TestClient {
  readonly machine: TurnClient;
  readonly socket: Socket | UdpSocket;
  readonly #driven: DrivenMachine<Uint8Array>;
  readonly #events: TurnClientEvent[] = [];
  readonly #waiting = new Set<() => void>();
  #isClosed = false;

  private constructor(
    socket: Socket | UdpSocket,
    send: (packet: Uint8Array) => void,
    options: TestClientOptions,
  ) {
    const { transport = "udp", username = "alice", ...wanted } = options;
    this.socket = socket;
    const credentials = { username, password: `${username}-secret` };
    this.machine = new TurnClient({ crypto: nodeCrypto, credentials, transport, ...wanted });
    this.#driven = driveMachine(this.machine, {
      send,
      on: (event) => {
        this.#events.push(event);
        for (const look of this.#waiting) look();
      },
    });
    socket.on(transport === "udp" ? "message" : "data", (bytes: Buffer) =>
      this.#driven.receive(bytes),
    );
  }

  static async to(server: TransportAddress, options: TestClientOptions = {}): Promise<TestClient> {
    const { transport = "udp" } = options;
    if (transport === "udp") {
      const socket = await udpSocket(server.ip);
      return new TestClient(socket, (p) => socket.send(p, server.port, server.ip), options);
    }
    const target = { host: server.ip, port: server.port };
    const socket =
      transport === "tcp"
        ? connectTcp(target)
        : connectTls({ ...target, rejectUnauthorized: false, ALPNProtocols: ["stun.turn"] });
    await once(socket, transport === "tcp" ? "connect" : "secureConnect");
    socket.on("error", () => undefined);
    return new TestClient(socket, (packet) => socket.write(packet), options);
  }

  /** Does something with the machine. */
  act(what: (machine: TurnClient, at: number) => void): this {
    what(this.machine, now());
    this.#driven.drain();
    return this;
  }

  /** The next event of a kind that nobody has waited for yet. */
  event<Type extends TurnClientEvent["type"]>(type: Type): Promise<EventOf<Type>> {
    return new Promise((resolve) => {
      const look = (): void => {
        const at = this.#events.findIndex((event) => event.type === type);
        if (at < 0) return;
        this.#waiting.delete(look);
        resolve(this.#events.splice(at, 1)[0] as EventOf<Type>);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Makes an allocation; answers where its relay is. */
  async allocate(): Promise<TransportAddress> {
    const { relayed } = await this.act((machine, at) => machine.allocate(at)).event("allocated");
    return relayed[0] as TransportAddress;
  }

  async bind(peer: TransportAddress): Promise<void> {
    await this.act((machine, at) => machine.bindChannel(peer, at)).event("channel-bound");
  }

  /** What the peer answers to a text. */
  async exchange(peer: TransportAddress, text: string): Promise<string> {
    const { data } = await this.act((machine) => machine.send(peer, Buffer.from(text))).event(
      "data",
    );
    return Buffer.from(data).toString();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#driven.stop();
    if ("destroy" in this.socket) this.socket.destroy();
    else this.socket.close();
  }
}

/** A peer that sends every datagram back, and an end to it. */
export async function echoPeer(
  ip = "127.0.0.1",
): Promise<{ readonly address: TransportAddress; readonly socket: UdpSocket }> {
  const socket = await udpSocket(ip);
  socket.on("message", (bytes, from) => socket.send(bytes, from.port, from.address));
  return { address: { ip, port: socket.address().port }, socket };
}

async function udpSocket(ip: string): Promise<UdpSocket> {
  const socket = createSocket(ip.includes(":") ? "udp6" : "udp4");
  const listening = once(socket, "listening");
  socket.bind(0, ip);
  await listening;
  return socket;
}
