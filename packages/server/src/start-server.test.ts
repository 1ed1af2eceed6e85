import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JoinAnswer } from "@tincan/signaling";
import { io } from "socket.io-client";
import * as v from "valibot";
import { expect, test } from "vitest";
import { openLog } from "./log.ts";
import { startServer } from "./start-server.ts";

// HTTPS used to say that it is ready before TURN had started: who came in that moment was told of no relay.
test("nobody takes a seat, and nothing is called ready, before TURN has started", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "tincan-start-"));
  // Whoever reads a pipe waits until somebody writes into it: TURN starts when this test says so.
  const secret = join(dataDir, "turn.secret");
  execFileSync("mkfifo", ["-m", "600", secret]);
  const httpPort = await freePort();
  const place = { host: "127.0.0.1", port: 0, turnPort: 0, httpPort };
  const starting = startServer({ ...place, dataDir }, openLog(process.stderr, "silent", "json"));
  const url = `http://127.0.0.1:${httpPort}`;
  const early = await readiness(url);
  const socket = io(url, { auth: { protocol: 1 }, transports: ["websocket"] });
  await new Promise<void>((resolve) => socket.io.engine.once("open", resolve));
  const request = { room: "amy", instance: "0123456789abcdef" };
  const joining = socket.emitWithAck("create or join", request);
  await writeFile(secret, "a secret that is long enough for everybody");

  const seated = v.parse(JoinAnswer, await joining);
  const server = await starting;
  expect(early).toEqual([503, { status: "starting" }]);
  expect(await readiness(url)).toEqual([200, { status: "ready" }]);
  const urls = "iceServers" in seated ? seated.iceServers?.flatMap((one) => one.urls) : undefined;
  expect(urls).toContainEqual(expect.stringMatching(/^turn:127\.0\.0\.1:\d+\?transport=udp$/));
  // Pages of others may ask, as they may ask of its life.
  const nat = await fetch(`${url}/nat.json`);
  expect(nat.headers.get("access-control-allow-origin")).toBe("*");
  expect(await nat.json()).toEqual({
    stun: [0, 1].map(() => expect.stringMatching(/^stun:127\.0\.0\.1:\d+$/)),
  });
  socket.close();
  await server.close();
  await rm(dataDir, { recursive: true });
});

/** What /readyz says, as soon as anybody answers there. */
async function readiness(url: string): Promise<readonly [number, unknown]> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer !== undefined) return [answer.status, await answer.json()];
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
