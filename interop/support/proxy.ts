import { once } from "node:events";
import { request as plainRequest } from "node:http";
import { Agent, request } from "node:https";
import { connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { io, type Socket } from "socket.io-client";
import { expect, it } from "vitest";
import type { RunningTincan } from "../../e2e/support/server.ts";

/** The name that the configurations in deploy/ have. */
export const PROXIED_HOST = "call.example.org";

/** A proxy with a configuration of deploy/ that runs before a Tincan. */
export interface RunningProxy {
  readonly tincan: RunningTincan;
  readonly securePort: number;
  readonly plainPort: number;
  /** Whom its certificate is checked with, and the name that is in it. */
  readonly trust: { readonly ca: string; readonly servername: string };
}

/** Those who come to a proxy from addresses of their own. */
export class Visitors {
  readonly #proxy: () => RunningProxy;
  readonly #sockets: Socket[] = [];

  constructor(proxy: () => RunningProxy) {
    this.#proxy = proxy;
  }

  async get(path: string) {
    const { securePort, trust } = this.#proxy();
    const headers = { host: `${PROXIED_HOST}:${securePort}` };
    const options = { port: securePort, host: "127.0.0.1", path, agent: false, ...trust };
    const [response] = await once(request({ ...options, headers }).end(), "response");
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  async getPlain(path: string) {
    const { plainPort } = this.#proxy();
    const headers = { host: PROXIED_HOST };
    const options = { port: plainPort, host: "127.0.0.1", path, agent: false, headers };
    const [answer] = await once(plainRequest(options).end(), "response");
    answer.resume();
    return { status: answer.statusCode, location: answer.headers.location };
  }

  /** Comes by WebSocket and nothing else. */
  visit(localAddress: string, headers: Record<string, string> = {}): Socket {
    const { securePort, trust } = this.#proxy();
    const host = `${PROXIED_HOST}:${securePort}`;
    // Typed for browsers; in Node the option goes to node:https.
    const agent = new Agent({ localAddress, ...trust }) as never;
    const socket = io(`wss://127.0.0.1:${securePort}`, {
      auth: { protocol: 1 },
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
      agent,
      extraHeaders: { host, origin: `https://${host}`, ...headers },
    });
    this.#sockets.push(socket);
    return socket;
  }

  leave(): void {
    for (const socket of this.#sockets.splice(0)) socket.close();
  }
}

/** What has to hold behind every proxy. */
export function itServesBehindAProxy(visitors: Visitors, proxy: () => RunningProxy): void {
  const joinRequest = (room: string) => ({ room, instance: "amysphone" });

  it("serves the page, with a policy for the host that was asked for", async () => {
    const { status, headers, body } = await visitors.get("/r/tea");
    expect([status, body.slice(0, 15)]).toEqual([200, "<!doctype html>"]);
    expect(headers["content-security-policy"]).toContain(
      `wss://${PROXIED_HOST}:${proxy().securePort}`,
    );
    expect(headers["strict-transport-security"]).toBe("max-age=15552000");
  });

  it("leads http to https", async () => {
    const { status, location } = await visitors.getPlain("/r/tea");
    expect([301, 308]).toContain(status);
    expect(location).toBe(`https://${PROXIED_HOST}/r/tea`);
  });

  it("passes WebSockets on, and pages of its own host only", async () => {
    const amy = visitors.visit("127.0.0.2");
    expect(await amy.emitWithAck("create or join", joinRequest("tea"))).toMatchObject({
      type: "created",
    });
    expect(amy.io.engine.transport.name).toBe("websocket");
    const foreign = visitors.visit("127.0.0.2", { origin: "https://elsewhere.example" });
    const [error] = await once(foreign as never, "connect_error");
    expect(error.data.code).toBe("origin-refused");
  });

  it("limits by the visitor's address, whatever the visitor says it is", async () => {
    const amy = visitors.visit("127.0.0.3", { "x-forwarded-for": "198.51.100.7" });
    const codes = new Set<string>();
    for (let n = 0; n < 70; n += 1) {
      const { type, code } = await amy.emitWithAck("create or join", joinRequest("cake"));
      codes.add(code ?? type);
    }
    expect([...codes]).toEqual(["created", "already-in-room", "rate-limited"]);
    const again = visitors.visit("127.0.0.3", { "x-forwarded-for": "198.51.100.8" });
    expect(await again.emitWithAck("create or join", joinRequest("cake"))).toMatchObject({
      code: "rate-limited",
    });
    const bob = visitors.visit("127.0.0.4");
    expect(await bob.emitWithAck("create or join", joinRequest("cake"))).toMatchObject({
      type: "joined",
    });
  });

  it("keeps the figures to this machine", async () => {
    expect((await visitors.get("/metrics")).status).toBe(403);
    expect((await visitors.get("/metrics/")).status).toBe(403);
    const { status } = await fetch(`${proxy().tincan.url}/metrics`);
    expect(status).toBe(200);
  });
}

/** Fulfilled when something listens there. */
export function reach(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", reject).once("connect", () => {
      socket.destroy();
      resolve();
    });
  });
}

/** Two ports that nobody listens on at this moment. */
export async function freePorts(): Promise<[number, number]> {
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
