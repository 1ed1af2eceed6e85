import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { io } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTincan } from "./support/server.ts";

// The command as a person meets it: its words, its files, its exit codes.

const COMMAND = join(import.meta.dirname, "../packages/server/bin/tincan.js");

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tincan-command-"));
});
afterAll(() => rm(folder, { recursive: true }));

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [COMMAND, ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

/** An answer over HTTPS, trusting only the certificate in the data folder. */
async function secureGet(url: string, dataDir: string): Promise<{ status: number; body: string }> {
  const ca = await readFile(join(dataDir, "self-signed.pem"));
  const [response] = await once(get(url, { ca, agent: false }), "response");
  return { status: response.statusCode, body: await text(response) };
}

describe("words", () => {
  test("help and version go to stdout", async () => {
    const help = await run("--help");
    expect([help.code, help.stderr]).toEqual([0, ""]);
    expect(help.stdout).toContain("Usage: tincan");
    expect((await run("--version")).stdout).toMatch(/^tincan \d+\.\d+\.\d+\n$/);
  });

  test("a mistake is one line on stderr and exit code 2", async () => {
    const { code, stdout, stderr } = await run("--prot", "9000");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toBe("tincan: unknown option --prot; did you mean --port?\n");
  });
});

describe("a running server", () => {
  test("prints its links, answers on both ports, and ends at Ctrl-C within a second", async () => {
    await using tincan = await startTincan();
    expect(tincan.output).toContain("On this machine:");
    expect(tincan.output).toContain("each browser warns once");
    const alive = await fetch(`${tincan.url}/healthz`);
    expect([alive.status, await alive.json()]).toEqual([200, { status: "ok" }]);
    expect(await secureGet(`${tincan.secureUrl}/healthz`, tincan.dataDir)).toEqual({
      status: 200,
      body: '{"status":"ok"}',
    });
    const page = await fetch(`${tincan.url}/r/amy`);
    expect(await page.text()).toContain("<!doctype html>");
    expect(page.headers.get("content-security-policy")).not.toContain("unsafe-inline");

    const begin = performance.now();
    expect(await tincan.stop("SIGINT")).toEqual({ code: 0, signal: null });
    expect(performance.now() - begin).toBeLessThan(Math.max(1000, tincan.startMs));
  });

  test("tells the peers before it ends", async () => {
    await using tincan = await startTincan();
    const socket = io(tincan.url, { auth: { protocol: 1 }, transports: ["websocket"] });
    const told = new Promise((resolve) => socket.once("closing", resolve));
    await new Promise<void>((resolve) => socket.once("connect", resolve));
    const begin = performance.now();
    expect((await tincan.stop("SIGTERM")).code).toBe(0);
    expect(performance.now() - begin).toBeLessThan(Math.max(1000, tincan.startMs));
    expect(await told).toMatchObject({ reason: "shutdown" });
    socket.close();
  });

  test("says which port is in use", async () => {
    await using tincan = await startTincan();
    const { port } = new URL(tincan.secureUrl);
    const second = await run("--port", port, "--http-port", "0", "--data-dir", join(folder, "a"));
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(/^tincan: --port: port \d+ is in use by another program; .*\n$/);
  });

  test("reads the environment and a config file", async () => {
    const file = join(folder, "tincan.toml");
    await writeFile(file, 'log-format = "json"\nlog-level = "debug"\n');
    const env = { TINCAN_CONFIG: file, TINCAN_LOG_FORMAT: "pretty" };
    await using tincan = await startTincan([], env);
    await fetch(`${tincan.url}/healthz`);
    await tincan.stop();
    expect(tincan.output).toMatch(/DEBUG.*http request/);
  });
});

describe("the data folder", () => {
  test("keeps certificate and key across starts, for its user only", async () => {
    const dataDir = join(folder, "data");
    const contents = async (): Promise<string[]> => {
      const names = (await readdir(dataDir)).sort();
      return Promise.all(names.map((name) => readFile(join(dataDir, name), "latin1")));
    };
    await (await startTincan(["--data-dir", dataDir])).stop();
    const first = await contents();
    expect(first.length).toBe(3);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(dataDir)) {
      expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600);
    }
    await (await startTincan(["--data-dir", dataDir])).stop();
    expect(await contents()).toEqual(first);
  });

  test("holds a certificate for localhost and every address of the machine", async () => {
    await using tincan = await startTincan();
    const pem = await readFile(join(tincan.dataDir, "self-signed.pem"));
    const certificate = new X509Certificate(pem);
    expect(certificate.checkHost("localhost")).toBe("localhost");
    for (const { address } of Object.values(networkInterfaces()).flatMap((faces) => faces ?? [])) {
      expect(certificate.checkIP(address)).toBe(address);
    }
  });

  test("a certificate of one's own is used instead, and has to fit its key", async () => {
    const own = join(folder, "own");
    await (await startTincan(["--data-dir", own])).stop();
    const pem = join(own, "self-signed.pem");
    await using tincan = await startTincan(["--cert", pem, "--key", pem]);
    expect(await readdir(tincan.dataDir)).toEqual(["resume.key", "turn.secret"]);
    expect((await secureGet(`${tincan.secureUrl}/healthz`, own)).status).toBe(200);
    await (await startTincan(["--data-dir", join(folder, "other")])).stop();
    const wrong = await run("--cert", pem, "--key", join(folder, "other/self-signed.pem"));
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/^tincan: --key: .* is not the key of the certificate in .*\n$/);
  });
});
