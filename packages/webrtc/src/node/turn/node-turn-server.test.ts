import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fingerprintOf, selfSigned } from "../../dtls/index.ts";
import { defaultTurnSettings, type TurnServerEvent } from "../../turn/index.ts";
import type { TransportAddress } from "../../wire/index.ts";
import { discoverNat } from "../discover-nat.ts";
import { nodeDtlsCrypto } from "../dtls-crypto.ts";
import { generateEcdsaKey } from "../dtls-keys.ts";
import { type NodeTurnServer, startTurnServer } from "./node-turn-server.ts";
import { echoPeer, TestClient, type TestClientOptions } from "./test-rig.ts";
import type { TurnBindError } from "./turn-bind-error.ts";
import type { NodeTurnServerOptions } from "./turn-server-options.ts";

const anyPort = { ip: "127.0.0.1", port: 0 };
const endings: (() => unknown)[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const end of endings.splice(0).reverse()) await end();
});

describe("relays between clients and peers", () => {
  it.for(["udp", "tcp", "tls"] as const)("over %s", async (transport) => {
    const server = await serve({ streams: [anyPort], tls: certificate() });
    const { address: peer } = await peerFor();
    const client = await clientOf(server, { transport });
    await client.allocate();
    await client.bind(peer);
    expect(await client.exchange(peer, "hello")).toBe("hello");
    const { counters } = server.stats();
    expect(counters.fromClients[transport]).toEqual({ packets: 1, bytes: 5 });
    expect(counters.toClients[transport]).toEqual({ packets: 1, bytes: 5 });
  });

  it("over IPv6, by Send and Data", async () => {
    const server = await serve({
      udp: [{ ip: "::1", port: 0 }],
      relays: [{ ip: "::1", firstPort: 20_000, lastPort: 29_999 }],
    });
    const { address: peer } = await peerFor("::1");
    const client = await clientOf(server, { family: 6 });
    expect((await client.allocate()).ip).toBe("::1");
    await client.act((machine, at) => machine.permit(["::1"], at)).event("permitted");
    expect(await client.exchange(peer, "hello")).toBe("hello");
  });

  it("from the next port where somebody has the one that was drawn", async () => {
    const taken = await peerFor();
    const { port } = taken.address;
    const server = await serve({
      relays: [{ ip: "127.0.0.1", firstPort: port, lastPort: port + 3 }],
    });
    const client = await clientOf(server);
    expect((await client.allocate()).port).not.toBe(port);
  });
});

describe("the TCP port", () => {
  it("takes no plain TCP where only TLS is wanted, and nothing that is neither", async () => {
    const server = await serve({ streams: [anyPort], tls: certificate(), plainTcp: false });
    const port = first(server.addresses.streams).port;
    for (const bytes of ["\x00\x01\x00\x00", "GET / HTTP/1.1\r\n\r\n", "\x40\x00\x00\x04abcd"]) {
      const socket = connect(port, "127.0.0.1").on("error", () => undefined);
      socket.write(bytes, "latin1");
      await once(socket, "close");
    }
    const client = await clientOf(server, { transport: "tls" });
    expect((client.socket as TLSSocket).alpnProtocol).toBe("stun.turn");
    await client.allocate();
  });

  it("sends away who connects and says nothing", async () => {
    const server = await serve({ streams: [anyPort] });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const socket = connect(first(server.addresses.streams).port, "127.0.0.1");
    await vi.waitFor(() => expect(server.stats().streams).toBe(1));
    const closed = once(socket, "close");
    vi.advanceTimersByTime(10_000);
    await closed;
  });

  it("takes so many connections of one address and no more", async () => {
    const server = await serve({ streams: [anyPort], streamLimits: { connectionsPerAddress: 2 } });
    const { port } = first(server.addresses.streams);
    const sockets = [1, 2].map(() => connect(port, "127.0.0.1"));
    endings.push(...sockets.map((socket) => () => socket.destroy()));
    await vi.waitFor(() => expect(server.stats().streams).toBe(2));
    const third = connect(port, "127.0.0.1").on("error", () => undefined);
    await once(third, "close");
    expect(server.stats().streamsRefused).toBe(1);
    server.changeStreamLimits({ connectionsPerAddress: 3 });
    await (await clientOf(server, { transport: "tcp" })).allocate();
  });

  it("drops data for a client that does not read", async () => {
    const server = await serve({ streams: [anyPort] });
    const { address: peer, socket } = await peerFor();
    const client = await clientOf(server, { transport: "tcp" });
    const relay = await client.allocate();
    await client.bind(peer);
    await client.exchange(peer, "hello");
    (client.socket as Socket).pause();
    const data = Buffer.alloc(8_000);
    await vi.waitFor(() => {
      for (let i = 0; i < 200; i += 1) socket.send(data, relay.port, relay.ip);
      expect(server.stats().counters.drops.backlog ?? 0).toBeGreaterThan(1_000);
    });
    (client.socket as Socket).resume();
    await client.event("data");
  });

  it("serves connections that were accepted and looked at elsewhere", async () => {
    const server = await serve();
    const front = createServer((socket) => {
      socket.once("readable", () => {
        socket.unshift(socket.read());
        server.handleStream(socket);
      });
    }).listen(0, "127.0.0.1");
    endings.push(() => front.close());
    await once(front, "listening");
    const at = { ip: "127.0.0.1", port: (front.address() as { port: number }).port };
    const client = await TestClient.to(at, { transport: "tcp" });
    endings.push(() => client.close());
    await client.allocate();
    expect(server.stats()).toMatchObject({ streams: 1, allocations: 1 });
    client.close();
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ streams: 0, allocations: 0 }));
  });
});

describe("an address that is not to be had", () => {
  it("is named, with the system's reason, and nothing stays open", async () => {
    const other = await serve({ streams: [anyPort] });
    const udp = first(other.addresses.udp);
    const stream = first(other.addresses.streams);
    for (const [transport, address, options] of [
      ["udp", udp, { udp: [udp] }],
      ["tcp", stream, { streams: [stream] }],
    ] as const) {
      const error = await failure(options);
      expect(error).toMatchObject({ code: "bind-failed", transport, address });
      expect(error.cause).toMatchObject({ code: "EADDRINUSE" });
      expect(error.message).toContain(`127.0.0.1:${address.port}`);
    }
    const free = { ip: "127.0.0.1", port: (await peerFor()).address.port };
    endings.pop()?.();
    await failure({ udp: [free], streams: [stream] });
    await serve({ udp: [free] });
  });
});

describe("while it runs", () => {
  it("takes other users and rules without dropping an allocation", async () => {
    const server = await serve();
    const { address: peer } = await peerFor();
    const alice = await clientOf(server);
    await alice.allocate();
    await alice.bind(peer);
    server.changeUsers({ users: [{ name: "bob", password: "bob-secret" }] });
    expect(await alice.exchange(peer, "still here")).toBe("still here");
    await (await clientOf(server, { username: "bob" })).allocate();
    const stranger = await clientOf(server);
    const { reason } = await stranger.act((machine, at) => machine.allocate(at)).event("ended");
    expect(reason).toBe("unauthorized");
    server.reconfigure({ limits: { ...defaultTurnSettings.limits, allocations: 2 } });
    const late = await clientOf(server, { username: "bob" });
    const ended = await late.act((machine, at) => machine.allocate(at)).event("ended");
    expect(ended.code).toBe(486);
  });

  it("shows a new certificate to who comes", async () => {
    const [before, after] = [certificate(), certificate()];
    const server = await serve({ streams: [anyPort], tls: before });
    expect(await shown(server)).toBe(before.fingerprint);
    server.changeCertificate(after);
    expect(await shown(server)).toBe(after.fingerprint);
  });

  it("drains: the last allocation ends it, and no new one is made", async () => {
    const events: TurnServerEvent[] = [];
    const server = await serve({ onEvent: (event) => events.push(event) });
    const client = await clientOf(server);
    await client.allocate();
    const drained = server.drain();
    const late = await clientOf(server);
    const { reason } = await late.act((machine, at) => machine.allocate(at)).event("ended");
    expect(reason).toBe("no-capacity");
    expect(server.stats()).toMatchObject({ isDraining: true, allocations: 1 });
    client.act((machine, at) => machine.release(at));
    await drained;
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["allocated", "ended", "drained"]),
    );
  });

  it("ends allocations when their time is over", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const server = await serve();
    const client = await clientOf(server);
    await client.allocate();
    client.close();
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
    vi.advanceTimersByTime(601_000);
    expect(server.stats()).toMatchObject({ allocations: 0, relayPorts: 0 });
  });

  it("frees its ports when it is closed", async () => {
    const server = await serve({ streams: [anyPort] });
    const { udp, streams } = server.addresses;
    const relay = await (await clientOf(server)).allocate();
    await server.close();
    await server.close();
    const again = await serve({ udp: [...udp, relay], streams });
    expect(again.addresses.udp).toEqual([...udp, relay]);
  });
});

describe("RFC 5780 on two addresses", () => {
  it("answers from the address and port that are asked for", async () => {
    const [one, two] = [await peerFor(), await peerFor("127.0.0.2")];
    const behaviour = { primary: one.address, alternate: two.address };
    for (const peer of [one, two]) peer.socket.removeAllListeners("message");
    endings.pop()?.();
    endings.pop()?.();
    const server = await serve({ udp: [behaviour.primary], behaviour });
    expect(server.addresses.udp).toHaveLength(4);
    expect(await discoverNat(behaviour.primary)).toMatchObject({
      isTranslated: false,
      filtering: "endpoint-independent",
    });
  });
});

async function serve(options: Partial<NodeTurnServerOptions> = {}): Promise<NodeTurnServer> {
  const server = await startTurnServer({
    udp: [anyPort],
    relays: [{ ip: "127.0.0.1", firstPort: 20_000, lastPort: 29_999 }],
    users: { users: ["alice", "bob"].map((name) => ({ name, password: `${name}-secret` })) },
    settings: { peers: { allowLoopback: true } },
    ...options,
  });
  endings.push(() => server.close());
  return server;
}

async function failure(options: Partial<NodeTurnServerOptions>): Promise<TurnBindError> {
  const outcome = await serve({ udp: [], ...options }).catch((error: unknown) => error);
  return outcome as TurnBindError;
}

async function clientOf(
  server: NodeTurnServer,
  options: TestClientOptions = {},
): Promise<TestClient> {
  const { udp, streams } = server.addresses;
  const isUdp = (options.transport ?? "udp") === "udp";
  const client = await TestClient.to(first(isUdp ? udp : streams), options);
  endings.push(() => client.close());
  return client;
}

async function peerFor(ip?: string): ReturnType<typeof echoPeer> {
  const peer = await echoPeer(ip);
  endings.push(() => {
    peer.socket.close();
  });
  return peer;
}

function first(addresses: readonly TransportAddress[]): TransportAddress {
  return addresses[0] as TransportAddress;
}

interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly fingerprint: string;
}

function certificate(): TestCertificate {
  const key = generateEcdsaKey();
  const validity = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 86_400_000 };
  const der = selfSigned(nodeDtlsCrypto, key, validity).chain[0] as Uint8Array;
  return {
    cert: pem("CERTIFICATE", der),
    key: pem("PRIVATE KEY", key.exportPkcs8()),
    fingerprint: fingerprintOf(nodeDtlsCrypto, der).value.toUpperCase(),
  };
}

function pem(title: string, bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("base64");
  return `-----BEGIN ${title}-----\n${text.replace(/.{64}(?!$)/g, "$&\n")}\n-----END ${title}-----\n`;
}

/** The fingerprint of the certificate that the server shows. */
async function shown(server: NodeTurnServer): Promise<string> {
  const { port } = first(server.addresses.streams);
  const socket = connectTls({ host: "127.0.0.1", port, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
