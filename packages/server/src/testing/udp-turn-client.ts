import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type DrivenMachine, driveMachine, nodeCrypto, now } from "@tincan/webrtc/node";
import { TurnClient, type TurnClientEvent } from "@tincan/webrtc/turn";
import type { TransportAddress } from "@tincan/webrtc/wire";

/** A TURN client on a UDP socket, for tests: what happens to it can be waited for. */
export class UdpTurnClient implements Disposable {
  readonly client: TurnClient;
  readonly events: TurnClientEvent[] = [];
  readonly #socket: Socket;
  readonly #driven: DrivenMachine<Uint8Array>;
  #wake: () => void = () => undefined;

  constructor(server: TransportAddress, username: string, password: string) {
    const credentials = { username, password };
    this.client = new TurnClient({ crypto: nodeCrypto, credentials, transport: "udp" });
    this.#socket = createSocket(server.ip.includes(":") ? "udp6" : "udp4");
    this.#driven = driveMachine(this.client, {
      send: (bytes) => this.#socket.send(bytes, server.port, server.ip),
      on: (event) => {
        this.events.push(event);
        this.#wake();
      },
    });
    this.#socket.on("message", (bytes) => this.#driven.receive(bytes));
  }

  /** Does something to the client, and waits for the first event of a type that comes of it. */
  async after<Type extends TurnClientEvent["type"]>(
    act: (client: TurnClient, now: number) => void,
    ...types: readonly Type[]
  ): Promise<Extract<TurnClientEvent, { type: Type }>> {
    const from = this.events.length;
    act(this.client, now());
    this.#driven.drain();
    for (;;) {
      const found = this.events
        .slice(from)
        .find(({ type }) => (types as readonly string[]).includes(type));
      if (found !== undefined) return found as Extract<TurnClientEvent, { type: Type }>;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Asks for an allocation, and answers how that went. */
  allocate(): Promise<Extract<TurnClientEvent, { type: "allocated" | "ended" }>> {
    return this.after((client, at) => client.allocate(at), "allocated", "ended");
  }

  /** Asks for a permission, and answers how that went. */
  permit(
    ip: string,
  ): Promise<Extract<TurnClientEvent, { type: "permitted" | "permission-failed" }>> {
    return this.after((client, at) => client.permit([ip], at), "permitted", "permission-failed");
  }

  send(peer: TransportAddress, text: string): void {
    this.client.send(peer, Buffer.from(text));
    this.#driven.drain();
  }

  [Symbol.dispose](): void {
    this.#driven.stop();
    this.#socket.close();
  }
}

/** A UDP socket on loopback that keeps what it gets. */
export async function openUdpPeer(): Promise<{ socket: Socket; address: TransportAddress }> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { socket, address: { ip: "127.0.0.1", port: socket.address().port } };
}
