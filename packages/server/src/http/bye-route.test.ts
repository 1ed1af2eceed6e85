import type { AddressInfo } from "node:net";
import type { Seated } from "@tincan/signaling";
import Fastify from "fastify";
import { pino } from "pino";
import { io, type Socket } from "socket.io-client";
import { afterEach, expect, test } from "vitest";
import { SignalingServer } from "../signaling/signaling-server.ts";
import { byeRoute } from "./bye-route.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(): Promise<string> {
  const signaling = new SignalingServer({
    capacity: 2,
    allowedOrigins: [],
    resumeKey: new Uint8Array(32),
    log: pino({ level: "silent" }),
  });
  const app = Fastify({ bodyLimit: 2048 });
  byeRoute(app, (goodbye) => signaling.leave(goodbye));
  signaling.attach(app.server);
  await app.listen({ port: 0, host: "127.0.0.1" });
  ends.push(
    () => app.close(),
    () => signaling.close(),
  );
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

async function join(url: string, name: string): Promise<{ socket: Socket; seated: Seated }> {
  const socket = io(url, { auth: { protocol: 1 }, forceNew: true, transports: ["websocket"] });
  ends.push(() => socket.disconnect());
  const request = { room: "tea", instance: `${name}0123456789abcdef`, name };
  return { socket, seated: await socket.emitWithAck("create or join", request) };
}

/** As `navigator.sendBeacon` does with a text. */
function goodbye(url: string, body: string): Promise<Response> {
  const headers = { "content-type": "text/plain;charset=UTF-8", origin: "https://other.example" };
  return fetch(`${url}/bye`, { method: "POST", headers, body });
}

test("a goodbye frees the seat of its token at once, and the others hear of it", async () => {
  const url = await open();
  const amy = await join(url, "amy");
  const bob = await join(url, "bob");
  const heard = new Promise((resolve) => amy.socket.once("bye", resolve));
  const closed = new Promise((resolve) => bob.socket.once("disconnect", resolve));
  const { room, resume } = bob.seated;
  expect((await goodbye(url, JSON.stringify({ room, resume }))).status).toBe(204);
  expect(await heard).toMatchObject({ peer: bob.seated.self.id, reason: "left" });
  await closed;
  expect((await join(url, "eve")).seated.type).toBe("joined");
});

test("what proves nothing changes nothing, and is told nothing", async () => {
  const url = await open();
  const amy = await join(url, "amy");
  const bob = await join(url, "bob");
  const { resume } = bob.seated;
  const bodies = [
    "",
    "{",
    "null",
    JSON.stringify({ room: "tea" }),
    JSON.stringify({ room: "tea", resume: `${resume}x` }),
    JSON.stringify({ room: "another", resume }),
    JSON.stringify({ room: "not a room", resume }),
  ];
  for (const body of bodies) expect([body, (await goodbye(url, body)).status]).toEqual([body, 204]);
  expect((await goodbye(url, "x".repeat(3000))).status).toBe(413);
  // A seat that is still there answers.
  const ack = await bob.socket.emitWithAck("message", {
    ...{ seq: 1, to: amy.seated.self.id, instance: amy.seated.self.instance },
    body: { type: "app", data: "hello" },
  });
  expect(ack).toEqual({ type: "ok" });
});
