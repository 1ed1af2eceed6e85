import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { describeWith } from "../interop/support/needs.ts";
import { launchChromium } from "./support/browser.ts";
import { startSdkSite } from "./support/sdk-site.ts";
import { startTincan } from "./support/server.ts";

// What whoever runs a server does with it: ends it while people talk, looks at it, puts it under systemd.

const DEPLOY = join(import.meta.dirname, "../deploy");
const sockets: Socket[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tincan-deployment-"));
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});
afterAll(() => rm(folder, { recursive: true }));

function visit(url: string): Socket {
  const options = { auth: { protocol: 1 }, forceNew: true, reconnection: false };
  const socket = io(url, { ...options, transports: ["websocket"] });
  sockets.push(socket);
  return socket;
}

function take(socket: Socket, room: string) {
  return socket.emitWithAck("create or join", { room, instance: "amysphone" });
}

function heard(socket: Socket, event: string): Promise<unknown> {
  return new Promise((resolve) => socket.once(event, resolve));
}

async function readiness(url: string): Promise<unknown[]> {
  const answer = await fetch(`${url}/readyz`);
  return [answer.status, (await answer.json()).status];
}

describe("SIGTERM", () => {
  it("lets the call that runs go on, and ends with it", async () => {
    await using tincan = await startTincan(["--no-turn"]);
    const [amy, bob] = [visit(tincan.url), visit(tincan.url)];
    await take(amy, "tea");
    const { peers, self } = await take(bob, "tea");
    expect(await readiness(tincan.url)).toEqual([200, "ready"]);

    const told = heard(amy, "draining");
    process.kill(tincan.pid, "SIGTERM");
    expect(await told).toEqual({ withinMs: 30_000 });
    expect(await readiness(tincan.url)).toEqual([503, "draining"]);
    expect((await fetch(`${tincan.url}/healthz`)).status).toBe(200);
    expect(await take(visit(tincan.url), "cake")).toMatchObject({ code: "shutting-down" });

    const body = { type: "app", data: "still here?" };
    const message = heard(amy, "message");
    const { id: to, instance } = peers[0];
    await bob.emitWithAck("message", { seq: 1, to, instance, body });
    expect(await message).toMatchObject({ from: self.id, body });

    await amy.emitWithAck("bye");
    await bob.emitWithAck("bye");
    expect(await tincan.ended).toEqual({ code: 0, signal: null });
  });

  it("ends at once when it is sent again, and when its time is over", async () => {
    for (const args of [[], ["--drain-timeout", "1"]]) {
      await using tincan = await startTincan(["--no-turn", ...args]);
      const amy = visit(tincan.url);
      await take(amy, "tea");
      const told = heard(amy, "draining");
      const closing = heard(amy, "closing");
      process.kill(tincan.pid, "SIGTERM");
      await told;
      if (args.length === 0) process.kill(tincan.pid, "SIGTERM");
      expect(await tincan.ended).toEqual({ code: 0, signal: null });
      expect(await closing).toEqual({ reason: "shutdown" });
    }
  });
});

it("SIGINT does not wait for a call", async () => {
  await using tincan = await startTincan(["--no-turn"]);
  await take(visit(tincan.url), "tea");
  const begin = performance.now();
  expect((await tincan.stop("SIGINT")).code).toBe(0);
  expect(performance.now() - begin).toBeLessThan(Math.max(1000, tincan.startMs));
});

it("--domain serves on with the self-signed certificate, and says why", async () => {
  const closed = createServer();
  await once(closed.listen(0, "127.0.0.1"), "listening");
  const { port } = closed.address() as { readonly port: number };
  await once(closed.close(), "close");
  const directory = `http://127.0.0.1:${port}/directory`;
  const name = ["--domain", "call.example.invalid", "--acme-directory", directory];
  await using tincan = await startTincan([...name, "--redirect-port", "0", "--no-turn"]);
  expect(tincan.output).toContain("The certificate for call.example.invalid is on its way");
  expect(tincan.output).toContain("https://call.example.invalid:");
  await vi.waitFor(() => expect(tincan.output).toContain("add an A or AAAA record"), 5000);
  expect((await fetch(`${tincan.url}/healthz`)).status).toBe(200);
});

it("browsers report how they connected, and the figures tell it without them", async () => {
  await using site = await startSdkSite();
  await using tincan = await startTincan(["--no-turn", "--allow-origin", site.origin]);
  const browser = await launchChromium();
  try {
    for (const name of ["Amy", "Bob"]) {
      const page = await (await browser.newContext()).newPage();
      await page.goto(site.origin);
      await page.waitForFunction("window.sdk !== undefined");
      await page.evaluate(
        async ([server, who]) => {
          const { join: enter } = window.sdk;
          const call = await enter({
            room: "reports",
            server: server as string,
            name: who as string,
          });
          call.publish(await navigator.mediaDevices.getUserMedia({ audio: true }));
        },
        [tincan.url, name],
      );
    }
    const figures = async () => (await fetch(`${tincan.url}/metrics`)).text();
    const told = await vi.waitFor(
      async () => {
        const text = await figures();
        expect(text).toMatch(/^tincan_call_setup_seconds_count\{path="direct"\} 2$/m);
        return text;
      },
      { timeout: 15_000, interval: 100 },
    );
    expect(told).toMatch(/^tincan_ice_results_total\{outcome="connected",local="host",.*\} \d$/m);
    expect(told).toMatch(/^tincan_peers 2$/m);
    expect(told).not.toMatch(/Amy|Bob|reports"/);
  } finally {
    await browser.close();
  }
});

describeWith(["systemd-analyze"], "the systemd unit", () => {
  it("is one that systemd understands, with little that it may do", async () => {
    const unit = join(folder, "tincan.service");
    const text = await readFile(join(DEPLOY, "tincan.service"), "utf8");
    const installed = "/opt/tincan/node_modules/.bin/node";
    expect(text).toContain(installed);
    await writeFile(unit, text.replace(installed, process.execPath));
    const analyze = async (...args: string[]): Promise<string> => {
      const { stdout, stderr } = await promisify(execFile)("systemd-analyze", [...args, unit]);
      return stdout + stderr;
    };
    expect(await analyze("verify", "--man=no")).toBe("");
    // Exposure in tenths of 0 to 10; a service without any hardening has 9.6.
    expect(await analyze("security", "--offline=yes", "--threshold=20")).toContain("OK");
  });
});

describeWith(["turnserver"], "the configuration of coturn", () => {
  it("names a secret to change, and every option is one that coturn knows", async () => {
    const text = await readFile(join(DEPLOY, "coturn/turnserver.conf"), "utf8");
    expect(text).toContain("static-auth-secret=CHANGE-ME");
    const help = await promisify(execFile)("turnserver", ["--help"], { timeout: 10_000 }).then(
      () => "",
      ({ stderr }) => String(stderr),
    );
    const options = text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => line.split("=", 1)[0] as string);
    for (const option of new Set(options)) expect(help).toContain(`--${option}`);
  });
});
