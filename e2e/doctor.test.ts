import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FaultyServers } from "./support/faulty-servers.ts";
import { startTincan } from "./support/server.ts";

// The doctor, run as a person runs it, against a good server and against faults made on purpose, all on loopback.
// The faulty servers are real ones too: other settings, other certificates, or a proxy in front that spoils one thing.

const COMMAND = join(import.meta.dirname, "../packages/server/bin/tincan.js");
let servers: FaultyServers;

beforeAll(async () => {
  servers = await FaultyServers.start("127.0.0.1");
});
afterAll(async () => {
  await servers?.[Symbol.asyncDispose]();
});

describe("a good server", () => {
  test("is found good, with bytes echoed over UDP, TCP and TLS", async () => {
    const { code, report } = await examine(servers.goodUrl);
    expect(report.checks.filter(({ status }) => status === "skipped").map(({ id }) => id)).toEqual([
      "name",
      "ipv6",
    ]);
    expect(report).toMatchObject({ status: "good", verdict: null, directCall: "sure" });
    expect(code).toBe(0);
    for (const id of ["turn-udp", "turn-tcp", "turn-tls"]) {
      const check = report.checks.find((one) => one.id === id);
      expect(Object.values(check?.facts ?? {}).join()).toMatch(/echoed/);
    }
  });

  test("is told to people in their language, and to the world without addresses", async () => {
    const { code, stdout } = await run([servers.goodUrl, "--lang", "zh"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("一切正常")]);
    const named = servers.goodUrl.replace("127.0.0.1", "call.example.test");
    const hidden = await run([named, "--report", "--resolve", "call.example.test=127.0.0.1"]);
    expect(hidden.stdout).toContain("Everything works");
    expect(hidden.stdout).not.toMatch(/127\.0\.0|example\.test/);
  });

  test("is good as it comes, examined where it runs, though its relays reach nothing there", async () => {
    await using plain = await startTincan();
    const { code, report } = await examine(plain.url);
    expect([code, report.verdict]).toEqual([0, null]);
    const relays = report.checks.find(({ id }) => id === "relay-ports");
    expect(relays).toMatchObject({ status: "skipped", facts: { why: "not-relayed-to" } });
  });

  test("is good with a certificate of its own, with a word about it", async () => {
    const url = await servers.serve({ cert: undefined, key: undefined });
    const { code, report } = await examine(url);
    expect([code, report.verdict?.cause]).toEqual([0, "certificate-self-signed"]);
  });
});

// Most of their time is waited, and each has a server and a process of its own.
describe.concurrent("a fault made on purpose is named", () => {
  test("server unreachable, and not running on this machine", async () => {
    const port = await servers.closedPort();
    expect(await named(`https://127.0.0.1:${port}`)).toBe("server-unreachable");
    expect(await named("--host", "127.0.0.1", "--port", `${port}`)).toBe("server-not-running");
  });

  test("a name that the DNS does not know", async () => {
    expect(await named("https://nowhere.invalid")).toBe("name-unknown");
  });

  test("not a Tincan server, and no HTTPS", async () => {
    const web = createHttpServer((_request, response) => response.end('{"status":"ok"}'));
    const url = await servers.listen(web);
    expect(await named(url)).toBe("not-tincan");
    expect(await named(url.replace("http:", "https:"))).toBe("not-https");
  });

  test("expired certificate", async () => {
    const long = [Date.now() - 9e9, Date.now() - 1e8].map((at) => new Date(at)) as [Date, Date];
    expect(
      await named(await servers.serve(await servers.sign("expired", ["127.0.0.1"], long))),
    ).toBe("certificate-expired");
  });

  test("certificate for another host name", async () => {
    expect(
      await named(await servers.serve(await servers.sign("other", ["other.example.test"]))),
    ).toBe("certificate-wrong-name");
  });

  test("certificate from an authority that nobody knows", async () => {
    const { code, report } = await examine(servers.goodUrl, [], { NODE_EXTRA_CA_CERTS: "" });
    expect([code, report.verdict?.cause]).toEqual([1, "certificate-untrusted"]);
  });

  test("clock skew", async () => {
    const url = await servers.proxy({
      answer: (headers) => ({ ...headers, date: new Date(Date.now() + 3 * 864e5).toUTCString() }),
    });
    expect(await named(url)).toBe("clock-wrong");
  });

  test("WebSocket not upgraded by the proxy", async () => {
    const url = await servers.proxy({ dropsUpgrades: true });
    const { report } = await examine(url);
    expect(report.verdict?.cause).toBe("websocket-blocked");
    // Long polling still carries the calls' signaling, and everything after it is examined.
    expect(report.checks.find(({ id }) => id === "turn-udp")?.status).toBe("good");
  });

  test("a proxy that does not pass the Host header on", async () => {
    expect(await named(await servers.proxy({ host: "backend:8080" }))).toBe("origin-refused");
  });

  test("no servers handed out, and STUN only", async () => {
    expect(await named(await servers.serve({ noTurn: true }))).toBe("no-ice-servers");
    expect(
      await named(await servers.serve({ turnUrl: [`stun:127.0.0.1:${servers.turnPort}`] })),
    ).toBe("stun-only");
  });

  test("TURN down", async () => {
    const port = await servers.closedPort();
    expect(
      await named(await servers.foreign(servers.turn(port, "udp"), servers.turn(port, "tcp"))),
    ).toBe("turn-down");
  });

  test("wrong secret", async () => {
    const turnUrl = [servers.turn(servers.turnPort, "udp"), servers.turn(servers.turnPort, "tcp")];
    const url = await servers.serve({ turnUrl, turnSecret: "another secret altogether" });
    expect(await named(url)).toBe("turn-secret-wrong");
  });

  test("UDP blocked", async () => {
    const { port } = await servers.udpSocket();
    expect(
      await named(
        await servers.foreign(
          `stun:127.0.0.1:${port}`,
          servers.turn(port, "udp"),
          servers.turn(servers.turnPort, "tcp"),
        ),
      ),
    ).toBe("udp-blocked");
  });

  test("relay ports blocked", async () => {
    const port = await servers.turnProxyWithoutData();
    expect(await named(await servers.foreign(servers.turn(port, "udp")))).toBe("relay-blocked");
  });

  test("turns: on a port that nobody listens on, and with a certificate for another name", async () => {
    const closed = await servers.foreign(
      servers.turn(servers.turnPort, "udp"),
      `turns:127.0.0.1:${await servers.closedPort()}`,
    );
    expect(await named(closed)).toBe("turn-port-closed");
    const secure = `turns:turn.example.test:${new URL(servers.goodUrl).port}`;
    const strange = await servers.foreign(servers.turn(servers.turnPort, "udp"), secure);
    expect(await named(strange, "--resolve", "turn.example.test=127.0.0.1")).toBe(
      "turn-certificate",
    );
  });

  test("private external address", async () => {
    expect(await named(await servers.serve({ externalIp: ["127.0.0.99"] }))).toBe(
      "private-address",
    );
  });

  test("IPv6 broken", async () => {
    const url = servers.goodUrl.replace("127.0.0.1", "call.example.test");
    expect(await named(url, "--resolve", "call.example.test=127.0.0.1,::1")).toBe("ipv6-broken");
  });
});

interface Report {
  readonly status: string;
  readonly verdict: { readonly cause: string } | null;
  readonly checks: readonly { id: string; status: string; facts: Record<string, unknown> }[];
}

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [COMMAND, "doctor", "--timeout", "5", ...args], {
    env: { ...process.env, LANG: "C", NODE_EXTRA_CA_CERTS: servers.authorityFile, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  const [code] = await once(child, "close");
  return { code: code as number, stdout };
}

async function examine(url: string, args: readonly string[] = [], env = {}) {
  const { code, stdout } = await run(["--json", url, ...args], env);
  return { code, report: JSON.parse(stdout) as Report };
}

/** The cause that the doctor names, where it finds a fault and says so by its exit code. */
async function named(url: string, ...args: readonly string[]): Promise<string | undefined> {
  const { code, report } = await examine(url, args);
  expect([code, report.status]).toEqual([1, "fault"]);
  return report.verdict?.cause;
}
