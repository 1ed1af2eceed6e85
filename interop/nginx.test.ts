import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request as plainRequest } from "node:http";
import { Agent, request } from "node:https";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { type RunningTincan, startTincan } from "../e2e/support/server.ts";
import { describeWith } from "./support/needs.ts";

// Debian's nginx with deploy/nginx.conf as it stands there, but for ports, certificate and addresses.

const CONF = join(import.meta.dirname, "../deploy/nginx.conf");
const HOST = "call.example.org";

describeWith(["nginx"], "behind nginx", () => {
  let folder: string;
  let tincan: RunningTincan;
  let nginx: ChildProcess;
  let securePort: number;
  let plainPort: number;
  let ca: string;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tincan-nginx-"));
    tincan = await startTincan(["--behind-proxy", "127.0.0.1", "--no-turn"]);
    [securePort, plainPort] = await freePorts();
    const certificate = join(tincan.dataDir, "self-signed.pem");
    ca = await readFile(certificate, "utf8");
    const server = (await readFile(CONF, "utf8"))
      .replaceAll(/^\s*listen \[::\].*$/gm, "")
      .replace("listen 80;", `listen 127.0.0.1:${plainPort};`)
      .replace("listen 443 ssl;", `listen 127.0.0.1:${securePort} ssl;`)
      .replaceAll(/\/etc\/letsencrypt\/\S+\.pem/g, certificate)
      .replace("127.0.0.1:8080", new URL(tincan.url).host.replace("localhost", "127.0.0.1"));
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    );
    const file = join(folder, "nginx.conf");
    await writeFile(
      file,
      `events {}\nhttp {\naccess_log off;\n${temporary.join("\n")}\n${server}\n}\n`,
    );
    const directives = `daemon off; master_process off; pid ${folder}/pid; error_log stderr;`;
    nginx = spawn("/usr/sbin/nginx", ["-p", folder, "-c", file, "-g", directives], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    await vi.waitFor(() => reach(securePort), { timeout: 5000, interval: 20 });
  });

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close();
  });

  afterAll(async () => {
    nginx?.kill();
    await tincan?.stop("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  async function get(path: string, headers: Record<string, string> = {}) {
    const options = { port: securePort, host: "127.0.0.1", path, agent: false };
    const trust = { ca, servername: "localhost" };
    const host = `${HOST}:${securePort}`;
    const sent = request({ ...options, ...trust, headers: { host, ...headers } }).end();
    const [response] = await once(sent, "response");
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  /** A client that comes from an address of its own, by WebSocket and nothing else. */
  function visit(localAddress: string, headers: Record<string, string> = {}): Socket {
    // Typed for browsers; in Node the option goes to node:https.
    const agent = new Agent({ localAddress, ca, servername: "localhost" }) as never;
    const socket = io(`wss://127.0.0.1:${securePort}`, {
      auth: { protocol: 1 },
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
      agent,
      extraHeaders: {
        host: `${HOST}:${securePort}`,
        origin: `https://${HOST}:${securePort}`,
        ...headers,
      },
    });
    sockets.push(socket);
    return socket;
  }

  const joinRequest = (room: string) => ({ room, instance: "amysphone" });

  it("serves the page, with a policy for the host that was asked for", async () => {
    const { status, headers, body } = await get("/r/tea");
    expect([status, body.slice(0, 15)]).toEqual([200, "<!doctype html>"]);
    expect(headers["content-security-policy"]).toContain(`wss://${HOST}:${securePort}`);
    expect(headers["strict-transport-security"]).toBe("max-age=15552000");
  });

  it("leads http to https", async () => {
    const options = { port: plainPort, host: "127.0.0.1", path: "/r/tea", agent: false };
    const [answer] = await once(
      plainRequest({ ...options, headers: { host: HOST } }).end(),
      "response",
    );
    expect([answer.statusCode, answer.headers.location]).toEqual([301, `https://${HOST}/r/tea`]);
    answer.resume();
  });

  it("passes WebSockets on, and pages of its own host only", async () => {
    const amy = visit("127.0.0.2");
    expect(await amy.emitWithAck("create or join", joinRequest("tea"))).toMatchObject({
      type: "created",
    });
    expect(amy.io.engine.transport.name).toBe("websocket");
    const foreign = visit("127.0.0.2", { origin: "https://elsewhere.example" });
    const [error] = await once(foreign as never, "connect_error");
    expect(error.data.code).toBe("origin-refused");
  });

  it("limits by the visitor's address, whatever the visitor says it is", async () => {
    const amy = visit("127.0.0.3", { "x-forwarded-for": "198.51.100.7" });
    const codes = new Set<string>();
    for (let n = 0; n < 70; n += 1) {
      const { type, code } = await amy.emitWithAck("create or join", joinRequest("cake"));
      codes.add(code ?? type);
    }
    expect([...codes]).toEqual(["created", "already-in-room", "rate-limited"]);
    const again = visit("127.0.0.3", { "x-forwarded-for": "198.51.100.8" });
    expect(await again.emitWithAck("create or join", joinRequest("cake"))).toMatchObject({
      code: "rate-limited",
    });
    const bob = visit("127.0.0.4");
    expect(await bob.emitWithAck("create or join", joinRequest("cake"))).toMatchObject({
      type: "joined",
    });
  });

  it("keeps the figures to this machine", async () => {
    expect((await get("/metrics")).status).toBe(403);
    expect((await get("/metrics/")).status).toBe(403);
    const { status } = await fetch(`${tincan.url}/metrics`);
    expect(status).toBe(200);
  });
});

function reach(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", reject).once("connect", () => {
      socket.destroy();
      resolve();
    });
  });
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server.listen(0, "127.0.0.1"), "listening");
      return (server.address() as { readonly port: number }).port;
    }),
  );
  for (const server of servers) await once(server.close(), "close");
  return ports as [number, number];
}
