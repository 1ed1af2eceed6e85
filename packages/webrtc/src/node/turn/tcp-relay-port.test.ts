import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import type { StreamReceiver, StreamSocket, TcpRelayListener } from "../../turn/index.ts";
import { sameAddress, type TransportAddress } from "../../wire/index.ts";
import { openTcpRelay } from "./tcp-relay-port.ts";

const ip = "127.0.0.1";
const deaf: StreamReceiver = { receive() {}, drained() {}, closed() {} };
const endings: (() => unknown)[] = [];

afterEach(() => {
  for (const end of endings.splice(0).reverse()) end();
});

it("connects from the address it listens on, several at once, and listens on", async () => {
  const relay = await relayAt();
  const peers = [await peerServer(), await peerServer(), await peerServer()];
  const arrivals = peers.map(async (server) => {
    const [socket] = (await once(server, "connection")) as [Socket];
    return { ip: socket.remoteAddress, port: socket.remotePort };
  });
  const sockets = await Promise.all(peers.map((server) => relay.connect(addressOf(server))));
  expect(sockets.every((socket) => socket !== undefined)).toBe(true);
  for (const arrival of arrivals) expect(await arrival).toEqual(relay.address);
  const client = connect(relay.address.port, ip);
  endings.push(() => client.destroy());
  await once(client, "connect");
  const accepted = await relay.accepted;
  expect(sameAddress(accepted.remote, { ip, port: client.localPort as number })).toBe(true);
});

it("tells that a peer does not answer, and works on", async () => {
  const relay = await relayAt();
  const server = await peerServer();
  const gone = addressOf(server);
  server.close();
  await once(server, "close");
  expect(await relay.connect(gone)).toBeUndefined();
  expect(await relay.connect(addressOf(await peerServer()))).toBeDefined();
});

it("tells that the port is taken", async () => {
  const { port } = addressOf(await peerServer());
  const listener = await new Promise((resolve) => {
    openTcpRelay(
      { ip, port },
      { accepted: () => undefined, failed() {} },
      () => undefined,
      resolve,
    );
  });
  expect(listener).toBeUndefined();
});

interface TestRelay {
  readonly address: TransportAddress;
  readonly accepted: Promise<StreamSocket>;
  connect(peer: TransportAddress): Promise<StreamSocket | undefined>;
}

async function relayAt(): Promise<TestRelay> {
  const probe = await peerServer();
  const address = addressOf(probe);
  probe.close();
  await once(probe, "close");
  let tell: (socket: StreamSocket) => void = () => undefined;
  const accepted = new Promise<StreamSocket>((resolve) => {
    tell = resolve;
  });
  const listener = await new Promise<TcpRelayListener>((resolve, reject) => {
    openTcpRelay(
      address,
      {
        accepted: (socket) => {
          tell(socket);
          return deaf;
        },
        failed: () => reject(new Error("the relay failed")),
      },
      () => undefined,
      (opened) => (opened === undefined ? reject(new Error("no relay")) : resolve(opened)),
    );
  });
  endings.push(() => listener.close());
  return {
    address,
    accepted,
    connect: (peer) =>
      new Promise((resolve) => {
        listener.connect(peer, (socket) => {
          if (socket !== undefined) endings.push(() => socket.close());
          resolve(socket);
          return deaf;
        });
      }),
  };
}

async function peerServer(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    endings.push(() => socket.destroy());
  }).listen(0, ip);
  endings.push(() => server.close());
  await once(server, "listening");
  return server;
}

function addressOf(server: Server): TransportAddress {
  return { ip, port: (server.address() as { port: number }).port };
}
