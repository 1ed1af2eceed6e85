import { spawn } from "node:child_process";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  request,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLog } from "../packages/server/src/log.ts";
import type { ServeOptions } from "../packages/server/src/options/serve-options.ts";
import { type RunningServer, startServer } from "../packages/server/src/start-server.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";

// The doctor, run as a person runs it, against a good server and against faults made on purpose, all on loopback.
// The faulty servers are real ones too: other settings, other certificates, or a proxy in front that spoils one thing.

const COMMAND = join(import.meta.dirname, "../packages/server/bin/tincan.js");
/** What OpenSSL still believes; the default digest of the generator is SHA-1. */
const STRONG = { keyType: "ec", algorithm: "sha256" } as const;
const SECRET = "the secret of the good TURN server";

let folder: string;
let authority: Awaited<ReturnType<typeof generate>>;
let cert: string;
let key: string;
let good: RunningTincan;
let goodUrl: string;
/** Where the good server's TURN listens. */
let turnPort: number;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tincan-doctor-"));
  authority = await generate([{ name: "commonName", value: "Tincan test authority" }], {
    ...STRONG,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, critical: true },
    ],
  });
  await writeFile(join(folder, "authority.pem"), authority.cert);
  ({ cert, key } = await sign("good", ["127.0.0.1", "call.example.test"]));
  const loopback = ["--host", "127.0.0.1", "--allow-peer", "127.0.0.1"];
  good = await startTincan([...loopback, "--cert", cert, "--key", key, "--turn-secret", SECRET]);
  goodUrl = good.secureUrl.replace("localhost", "127.0.0.1");
  turnPort = Number(/"port":(\d+),"msg":"STUN and TURN listen/.exec(good.output)?.[1]);
});
afterAll(async () => {
  for (const close of closers) await close();
  await good?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe("a good server", () => {
  test("is found good, with bytes echoed over UDP, TCP and TLS", async () => {
    const { code, report } = await examine(goodUrl);
    expect(report.checks.filter(({ status }) => status === "skipped").map(({ id }) => id)).toEqual([
      "name",
      "ipv6",
    ]);
    expect(report).toMatchObject({ status: "good", verdict: null, directCall: "sure" });
    expect(code).toBe(0);
    for (const id of ["turn-udp", "turn-tcp", "turn-tls"]) {
      const check = report.checks.find((one) => one.id === id);
      expect(Object.values(check?.facts ?? {}).join()).toMatch(/bytes echoed/);
    }
  });

  test("is told to people in their language, and to the world without addresses", async () => {
    const { code, stdout } = await run([goodUrl, "--lang", "zh"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("一切正常")]);
    const named = goodUrl.replace("127.0.0.1", "call.example.test");
    const hidden = await run([named, "--report", "--resolve", "call.example.test=127.0.0.1"]);
    expect(hidden.stdout).toContain("Everything works");
    expect(hidden.stdout).not.toMatch(/127\.0\.0|example\.test/);
  });

  test("is good with a certificate of its own, with a word about it", async () => {
    const url = await serve({ cert: undefined, key: undefined });
    const { code, report } = await examine(url);
    expect([code, report.verdict?.cause]).toEqual([0, "certificate-self-signed"]);
  });
});

// Most of their time is waited, and each has a server and a process of its own.
describe.concurrent("a fault made on purpose is named", () => {
  test("server unreachable, and not running on this machine", async () => {
    const port = await closedPort();
    expect(await named(`https://127.0.0.1:${port}`)).toBe("server-unreachable");
    expect(await named("--host", "127.0.0.1", "--port", `${port}`)).toBe("server-not-running");
  });

  test("a name that the DNS does not know", async () => {
    expect(await named("https://nowhere.invalid")).toBe("name-unknown");
  });

  test("not a Tincan server, and no HTTPS", async () => {
    const web = createHttpServer((_request, response) => response.end('{"status":"ok"}'));
    const url = await listen(web);
    expect(await named(url)).toBe("not-tincan");
    expect(await named(url.replace("http:", "https:"))).toBe("not-https");
  });

  test("expired certificate", async () => {
    const long = [Date.now() - 9e9, Date.now() - 1e8].map((at) => new Date(at)) as [Date, Date];
    expect(await named(await serve(await sign("expired", ["127.0.0.1"], long)))).toBe(
      "certificate-expired",
    );
  });

  test("certificate for another host name", async () => {
    expect(await named(await serve(await sign("other", ["other.example.test"])))).toBe(
      "certificate-wrong-name",
    );
  });

  test("certificate from an authority that nobody knows", async () => {
    const { code, report } = await examine(goodUrl, [], { NODE_EXTRA_CA_CERTS: "" });
    expect([code, report.verdict?.cause]).toEqual([1, "certificate-untrusted"]);
  });

  test("clock skew", async () => {
    const url = await proxy({
      answer: (headers) => ({ ...headers, date: new Date(Date.now() + 3 * 864e5).toUTCString() }),
    });
    expect(await named(url)).toBe("clock-wrong");
  });

  test("WebSocket not upgraded by the proxy", async () => {
    const url = await proxy({ dropsUpgrades: true });
    const { report } = await examine(url);
    expect(report.verdict?.cause).toBe("websocket-blocked");
    // Long polling still carries the calls' signaling, and everything after it is examined.
    expect(report.checks.find(({ id }) => id === "turn-udp")?.status).toBe("good");
  });

  test("a proxy that does not pass the Host header on", async () => {
    expect(await named(await proxy({ host: "backend:8080" }))).toBe("origin-refused");
  });

  test("no servers handed out, and STUN only", async () => {
    expect(await named(await serve({ noTurn: true }))).toBe("no-ice-servers");
    expect(await named(await serve({ turnUrl: [`stun:127.0.0.1:${turnPort}`] }))).toBe("stun-only");
  });

  test("TURN down", async () => {
    const port = await closedPort();
    expect(await named(await foreign(turn(port, "udp"), turn(port, "tcp")))).toBe("turn-down");
  });

  test("wrong secret", async () => {
    const turnUrl = [turn(turnPort, "udp"), turn(turnPort, "tcp")];
    const url = await serve({ turnUrl, turnSecret: "another secret altogether" });
    expect(await named(url)).toBe("turn-secret-wrong");
  });

  test("UDP blocked", async () => {
    const { port } = await udpSocket();
    expect(
      await named(
        await foreign(`stun:127.0.0.1:${port}`, turn(port, "udp"), turn(turnPort, "tcp")),
      ),
    ).toBe("udp-blocked");
  });

  test("relay ports blocked", async () => {
    const port = await turnProxyWithoutData();
    expect(await named(await foreign(turn(port, "udp")))).toBe("relay-blocked");
  });

  test("turns: on a port that nobody listens on, and with a certificate for another name", async () => {
    const closed = await foreign(turn(turnPort, "udp"), `turns:127.0.0.1:${await closedPort()}`);
    expect(await named(closed)).toBe("turn-port-closed");
    const secure = `turns:turn.example.test:${new URL(goodUrl).port}`;
    const strange = await foreign(turn(turnPort, "udp"), secure);
    expect(await named(strange, "--resolve", "turn.example.test=127.0.0.1")).toBe(
      "turn-certificate",
    );
  });

  test("private external address", async () => {
    expect(await named(await serve({ externalIp: ["127.0.0.99"] }))).toBe("private-address");
  });

  test("IPv6 broken", async () => {
    const url = goodUrl.replace("127.0.0.1", "call.example.test");
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
    env: { ...process.env, LANG: "C", NODE_EXTRA_CA_CERTS: join(folder, "authority.pem"), ...env },
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

async function sign(name: string, names: readonly string[], valid?: readonly [Date, Date]) {
  const [notBeforeDate, notAfterDate] = valid ?? [];
  const signed = await generate([{ name: "commonName", value: names[0] ?? "" }], {
    ...STRONG,
    ca: { key: authority.private, cert: authority.cert },
    ...(notBeforeDate && { notBeforeDate }),
    ...(notAfterDate && { notAfterDate }),
    extensions: [
      { name: "basicConstraints", cA: false },
      {
        name: "subjectAltName",
        altNames: names.map((one) =>
          /^[\d.]+$/.test(one) ? { type: 7, ip: one } : { type: 2, value: one },
        ),
      },
    ],
  });
  const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) };
  await writeFile(files.cert, signed.cert);
  await writeFile(files.key, signed.private, { mode: 0o600 });
  return files;
}

/** A server like the good one but for some settings. */
async function serve(options: Partial<ServeOptions>): Promise<string> {
  const server: RunningServer = await startServer(
    {
      ...{ port: 0, httpPort: 0, turnPort: 0, host: "127.0.0.1", allowPeer: ["127.0.0.1"] },
      ...{ cert, key, dataDir: await mkdtemp(join(folder, "data-")) },
      ...options,
    },
    openLog(process.stderr, "silent", "json"),
  );
  closers.push(() => server.close());
  return server.urls.localSecure.replace("localhost", "127.0.0.1");
}

function foreign(...turnUrl: readonly string[]): Promise<string> {
  return serve({ turnUrl, turnSecret: SECRET });
}

function turn(port: number, transport: "udp" | "tcp"): string {
  return `turn:127.0.0.1:${port}?transport=${transport}`;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closedPort(): Promise<number> {
  const server = createHttpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Spoiling {
  readonly answer?: (headers: Record<string, unknown>) => Record<string, unknown>;
  readonly dropsUpgrades?: boolean;
  readonly host?: string;
}

/** A reverse proxy before the good server that spoils one thing. */
async function proxy({ answer, dropsUpgrades, host }: Spoiling): Promise<string> {
  const to = (incoming: { url?: string; method?: string; headers: Record<string, unknown> }) =>
    request(new URL(incoming.url ?? "/", good.url), {
      method: incoming.method,
      headers: { ...incoming.headers, ...(host && { host }) } as Record<string, string>,
    });
  const server = createHttpServer((incoming, outgoing) => {
    const { upgrade: _, ...headers } = { ...incoming.headers, connection: "close" };
    const passed = to({ ...pick(incoming), headers });
    passed.on("response", (response) => {
      const told = answer?.(response.headers) ?? response.headers;
      outgoing.writeHead(response.statusCode ?? 500, told as Record<string, string>);
      response.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  if (!dropsUpgrades) {
    server.on("upgrade", (incoming, socket) => {
      const passed = to(pick(incoming));
      passed.on("upgrade", (response, other) => {
        const lines = response.rawHeaders.flatMap((name, index, all) =>
          index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : [],
        );
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
        socket.pipe(other).pipe(socket);
        socket.on("error", () => other.destroy());
        other.on("error", () => socket.destroy());
      });
      passed.on("response", (response) => {
        socket.end(`HTTP/1.1 ${response.statusCode} Refused\r\nconnection: close\r\n\r\n`);
      });
      passed.on("error", () => socket.destroy());
      passed.end();
    });
  }
  return listen(server);
}

function pick({ url, method, headers }: IncomingMessage) {
  return {
    headers: headers as Record<string, unknown>,
    ...(url && { url }),
    ...(method && { method }),
  };
}

/** A UDP port that takes everything and answers nothing, as a firewall does. */
async function udpSocket(): Promise<{ socket: Socket; port: number }> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  closers.push(() => socket.close());
  return { socket, port: socket.address().port };
}

/** Passes requests on to the good TURN server, and loses all that is relayed: ChannelData and indications. */
async function turnProxyWithoutData(): Promise<number> {
  const { socket, port } = await udpSocket();
  const ways = new Map<number, Promise<Socket>>();
  const open = async (client: RemoteInfo): Promise<Socket> => {
    const { socket: way } = await udpSocket();
    way.on("message", (bytes) => {
      if (!isRelayed(bytes)) socket.send(bytes, client.port, client.address);
    });
    return way;
  };
  socket.on("message", async (bytes, client) => {
    const way = ways.get(client.port) ?? open(client);
    ways.set(client.port, way);
    if (!isRelayed(bytes)) (await way).send(bytes, turnPort, "127.0.0.1");
  });
  return port;
}

/** ChannelData begins with 0x40 (RFC 8656 §12.4), Send and Data indications with 0x0016 and 0x0017 (§17). */
function isRelayed(bytes: Buffer): boolean {
  const type = bytes.readUInt16BE(0);
  return type >= 0x4000 || type === 0x0016 || type === 0x0017;
}
