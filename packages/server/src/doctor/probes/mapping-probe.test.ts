import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type BindingListener, listenForBindings } from "@tincan/webrtc/node";
import { afterEach, expect, test } from "vitest";
import { probeMapping } from "./mapping-probe.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const patience = (): AbortSignal => AbortSignal.timeout(5000);
const resolve = async (host: string): Promise<readonly string[]> => [host];

/** A free port, and a socket that holds it. */
async function bound(): Promise<{ socket: Socket; port: number }> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { socket, port: socket.address().port };
}

async function stunServer(): Promise<number> {
  const { socket, port } = await bound();
  await new Promise<void>((done) => socket.close(() => done()));
  const listener: BindingListener = await listenForBindings({ primary: { ip: "127.0.0.1", port } });
  closers.push(() => listener.close());
  return port;
}

/** A port whose packets reach the server from another address, as if a NAT had made one up for it. */
async function translated(server: number): Promise<number> {
  const [inside, outside] = [await bound(), await bound()];
  closers.push(
    () => inside.socket.close(),
    () => outside.socket.close(),
  );
  let client = 0;
  inside.socket.on("message", (bytes, { port }) => {
    client = port;
    outside.socket.send(bytes, server, "127.0.0.1");
  });
  outside.socket.on("message", (bytes) => inside.socket.send(bytes, client, "127.0.0.1"));
  return inside.port;
}

test("a socket that both servers see at one address is mapped once", async () => {
  const pair = [`stun:127.0.0.1:${await stunServer()}`, `stun:127.0.0.1:${await stunServer()}`];
  expect(await probeMapping(pair, resolve, patience())).toBe(false);
});

test("a socket that each server sees elsewhere is mapped for each", async () => {
  const server = await stunServer();
  const pair = [`stun:127.0.0.1:${server}`, `stun:127.0.0.1:${await translated(server)}`];
  expect(await probeMapping(pair, resolve, patience())).toBe(true);
});

test("nobody can tell with one server, an unknown name, a server that is silent, or no STUN URL", async () => {
  const stun = `stun:127.0.0.1:${await stunServer()}`;
  expect(await probeMapping([stun], resolve, patience())).toBeUndefined();
  expect(await probeMapping([stun, "stun:a.test"], async () => [], patience())).toBeUndefined();
  expect(await probeMapping([stun, "http://a.test"], resolve, patience())).toBeUndefined();
  const { socket, port } = await bound();
  closers.push(() => socket.close());
  const soon = AbortSignal.timeout(200);
  expect(await probeMapping([stun, `stun:127.0.0.1:${port}`], resolve, soon)).toBeUndefined();
});
