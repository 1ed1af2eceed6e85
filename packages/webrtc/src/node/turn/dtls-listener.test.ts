import type { Socket } from "node:dgram";
import { afterEach, describe, expect, it } from "vitest";
import { DtlsConnection, type DtlsEvent, type DtlsVersion, selfSigned } from "../../dtls/index.ts";
import { TurnClient, type TurnClientEvent } from "../../turn/index.ts";
import type { TransportAddress } from "../../wire/index.ts";
import { type DrivenMachine, driveMachine } from "../drive-machine.ts";
import {
  askBinding,
  generateEcdsaKey,
  type NodeTurnServer,
  type NodeTurnServerOptions,
  nodeCrypto,
  nodeDtlsCrypto,
  now,
  openUdpSocket,
  sendUdp,
  startTurnServer,
} from "../index.ts";

/** Our TURN client over our DTLS, to our server on loopback. */

const localhost = "127.0.0.1";
const certificate = selfSigned(nodeDtlsCrypto, generateEcdsaKey(), {
  notBefore: Date.now() - 86_400_000,
  notAfter: Date.now() + 86_400_000,
});
const endings: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

describe("TURN over DTLS", () => {
  it.each(["1.3", "1.2"] as const)(
    "allocates by DTLS %s, relays both ways, and ends with the client's goodbye",
    async (version) => {
      const server = await started();
      const client = await Client.connect(portOf(server), { versions: [version] });
      const { relayed } = await client.event("allocated");
      expect([client.version, client.alpn]).toEqual([version, "stun.turn"]);
      const peer = await peerSocket();
      client.act((turn) => turn.bindChannel(peer.address, now()));
      await client.event("channel-bound");
      client.act((turn) => turn.send(peer.address, Uint8Array.of(1, 2, 3)));
      expect(await peer.next()).toEqual([1, 2, 3]);
      peer.send(Uint8Array.of(4, 5), relayed[0] as TransportAddress);
      expect([...(await client.event("data")).data]).toEqual([4, 5]);
      expect(server.stats()).toMatchObject({ streams: 1, allocations: 1 });
      client.close();
      await until(() => server.stats().streams === 0);
      expect(server.stats().allocations).toBe(0);
    },
  );

  it("keeps nothing of a client that has not shown a cookie", async () => {
    const server = await started();
    const silent = await Client.connect(portOf(server), { isDeaf: true });
    await until(() => silent.received > 0);
    expect(server.stats().streams).toBe(0);
  });

  it.each(["1.3", "1.2"] as const)(
    "serves a client whose hello comes in fragments: %s",
    async (version) => {
      const server = await started();
      const alpn = [...Array.from({ length: 150 }, (_, i) => `protocol-${i}`), "stun.turn"];
      const client = await Client.connect(portOf(server), { versions: [version], alpn });
      await client.event("allocated");
      expect([client.version, client.alpn]).toEqual([version, "stun.turn"]);
    },
  );

  it("takes 1.3 where a client offers both", async () => {
    const client = await Client.connect(portOf(await started()));
    await client.event("allocated");
    expect(client.version).toBe("1.3");
  });

  it("serves a client that comes again from the same port without a goodbye", async () => {
    const server = await started();
    const first = await Client.connect(portOf(server), { localPort: 51_998 });
    await first.event("allocated");
    first.vanish();
    const second = await Client.connect(portOf(server), { localPort: 51_998 });
    await second.event("allocated");
    expect(server.stats()).toMatchObject({ streams: 1, allocations: 1 });
  });

  it("serves plain STUN on the same port", async () => {
    const server = await started();
    const answer = await askBinding({
      host: localhost,
      port: portOf(server),
      transport: "udp",
      isDefaultPort: false,
    });
    expect(answer.mapped.ip).toBe(localhost);
  });

  it("has no more clients of an address than it is allowed", async () => {
    const server = await started({ streamLimits: { connectionsPerAddress: 1 } });
    const first = await Client.connect(portOf(server));
    await first.event("allocated");
    await Client.connect(portOf(server));
    await until(() => server.stats().streamsRefused > 0);
    expect(server.stats().streams).toBe(1);
  });
});

async function started(options: Partial<NodeTurnServerOptions> = {}): Promise<NodeTurnServer> {
  const server = await startTurnServer({
    udp: [{ ip: localhost, port: 0 }],
    dtls: certificate,
    relays: [{ ip: localhost, firstPort: 51_000, lastPort: 51_989 }],
    users: { users: [{ name: "ninefingers", password: "youhavetoberealistic" }] },
    settings: { realm: "example.org", peers: { allowLoopback: true } },
    ...options,
  });
  endings.push(() => server.close());
  return server;
}

function portOf(server: NodeTurnServer): number {
  return (server.addresses.udp[0] as TransportAddress).port;
}

interface ClientOptions {
  readonly isDeaf?: boolean;
  readonly localPort?: number;
  readonly versions?: readonly DtlsVersion[];
  readonly alpn?: readonly string[];
}

/** A TURN client whose messages go through a DTLS connection. */
class Client {
  alpn: string | undefined;
  version: DtlsVersion | undefined;
  received = 0;
  /** Stops without a word. */
  vanish: () => void;
  readonly #events: TurnClientEvent[] = [];
  readonly #turn = new TurnClient({
    crypto: nodeCrypto,
    credentials: { username: "ninefingers", password: "youhavetoberealistic" },
    transport: "dtls",
  });
  readonly #dtls: DtlsConnection;
  readonly #drivenTurn: DrivenMachine<Uint8Array>;
  readonly #drivenDtls: DrivenMachine<Uint8Array>;

  static async connect(port: number, options: ClientOptions = {}): Promise<Client> {
    const socket = await openUdpSocket(localhost, options.localPort ?? 0, (bytes) => {
      client.received += 1;
      if (!options.isDeaf) client.#drivenDtls.receive(bytes);
    });
    const client = new Client(socket, port, options);
    return client;
  }

  private constructor(socket: Socket, port: number, { versions, alpn }: ClientOptions) {
    this.#dtls = new DtlsConnection({
      role: "client",
      ...(versions && { versions }),
      crypto: nodeDtlsCrypto,
      certificate,
      peerIdentity: "none",
      alpn: alpn ?? ["stun.turn"],
    });
    this.#drivenTurn = driveMachine(this.#turn, {
      send: (packet) => {
        this.#dtls.send(packet);
        this.#drivenDtls.drain();
      },
      on: (event) => this.#events.push(event),
    });
    this.#dtls.start(now());
    this.#drivenDtls = driveMachine(this.#dtls, {
      send: (packet) => sendUdp(socket, packet, { ip: localhost, port }),
      on: (event) => this.#on(event),
    });
    this.vanish = () => {
      this.#drivenTurn.stop();
      this.#drivenDtls.stop();
      socket.close();
      this.vanish = () => {};
    };
    endings.push(() => this.vanish());
  }

  act(action: (turn: TurnClient) => void): void {
    action(this.#turn);
    this.#drivenTurn.drain();
  }

  close(): void {
    this.#drivenTurn.stop();
    this.#dtls.close();
    this.#drivenDtls.drain();
  }

  async event<Type extends TurnClientEvent["type"]>(
    type: Type,
  ): Promise<Extract<TurnClientEvent, { type: Type }>> {
    const find = () => this.#events.find((event) => event.type === type);
    await until(() => find() !== undefined);
    return find() as Extract<TurnClientEvent, { type: Type }>;
  }

  #on(event: DtlsEvent): void {
    if (event.type === "connected") {
      this.alpn = event.session.alpn;
      this.version = event.session.version;
      this.act((turn) => turn.allocate(now()));
    } else if (event.type === "data") this.#drivenTurn.receive(event.data.slice());
  }
}

interface PeerSocket {
  readonly address: TransportAddress;
  next(): Promise<readonly number[]>;
  send(bytes: Uint8Array, to: TransportAddress): void;
}

async function peerSocket(): Promise<PeerSocket> {
  const received: number[][] = [];
  const socket = await openUdpSocket(localhost, 0, (bytes) => received.push([...bytes]));
  endings.push(() => socket.close());
  return {
    address: { ip: localhost, port: socket.address().port },
    next: async () => {
      await until(() => received.length > 0);
      return received.shift() as number[];
    },
    send: (bytes, to) => sendUdp(socket, bytes, to),
  };
}

/** Waits for what sockets bring; vitest's own limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
}
