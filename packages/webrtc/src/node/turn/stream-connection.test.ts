import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { StreamConnection } from "./stream-connection.ts";

const endings: (() => unknown)[] = [];

afterEach(() => {
  vi.useRealTimers();
  for (const end of endings.splice(0).reverse()) end();
});

it("says when more waits than should, and when it has gone", async () => {
  const { ours, theirs, connection } = await pair();
  const drained = new Promise<void>((resolve) => {
    connection.connect({ receive() {}, closed() {}, drained: () => resolve() }, () => undefined);
  });
  const data = new Uint8Array(65_000);
  await vi.waitFor(() => expect(connection.send(data, 0, data.length)).toBe(false), {
    interval: 0,
  });
  expect(ours.writableLength).toBeLessThan(128 * 1024);
  theirs.resume();
  await drained;
});

it("ends with one who asks and asks and reads no answer", async () => {
  const { ours, connection } = await pair();
  const closed = new Promise<void>((resolve) => {
    connection.connect({ receive() {}, drained() {}, closed: () => resolve() }, () => undefined);
  });
  const data = new Uint8Array(64 * 1024);
  let sent = 0;
  while (!ours.destroyed && sent < 1_000) {
    connection.send(data, 0, data.length);
    sent += 1;
  }
  expect(sent).toBeLessThan(20);
  await closed;
});

it("writes what was sent before it closes", async () => {
  const { ours, theirs, connection } = await pair();
  const told = vi.fn();
  connection.connect({ receive() {}, drained() {}, closed: told }, () => undefined);
  const received: Buffer[] = [];
  connection.send(Buffer.from("xfarewellx"), 1, 9);
  connection.close();
  theirs.on("data", (bytes) => received.push(bytes)).resume();
  await once(theirs, "end");
  expect(Buffer.concat(received).toString()).toBe("farewell");
  if (!ours.destroyed) await once(ours, "close");
  expect(told).not.toHaveBeenCalled();
});

it("is closed by force where the other side does not read", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { ours, connection } = await pair();
  const data = new Uint8Array(1024 * 1024);
  // More than the system's buffers hold.
  for (let i = 0; i < 12 && ours.writableLength < 1024; i += 1) {
    ours.write(data);
    await new Promise((resolve) => setImmediate(resolve));
  }
  connection.close();
  expect(ours.destroyed).toBe(false);
  vi.advanceTimersByTime(5_000);
  expect(ours.destroyed).toBe(true);
});

it("knows an IPv4 client by its IPv4 address, and takes a zone off", async () => {
  const address = { localAddress: "::ffff:192.0.2.1", remoteAddress: "fe80::1%eth0" };
  const ports = { localPort: 3478, remotePort: 1000 };
  const socket = { ...address, ...ports, on: () => undefined } as unknown as Socket;
  const connection = new StreamConnection(socket);
  expect(connection.local).toEqual({ ip: "192.0.2.1", port: 3478 });
  expect(connection.remote).toEqual({ ip: "fe80::1", port: 1000 });
});

interface Pair {
  readonly ours: Socket;
  readonly theirs: Socket;
  readonly connection: StreamConnection;
}

/** A connection, and the other side of it, which does not read. */
async function pair(): Promise<Pair> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const theirs = connect((server.address() as { port: number }).port, "127.0.0.1").pause();
  theirs.on("error", () => undefined);
  const [ours] = (await once(server, "connection")) as [Socket];
  endings.push(
    () => server.close(),
    () => theirs.destroy(),
    () => ours.destroy(),
  );
  return { ours, theirs, connection: new StreamConnection(ours) };
}
