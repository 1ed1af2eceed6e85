import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, type expect, it } from "vitest";
import {
  type NodeTurnServer,
  nodeCrypto,
  startTurnServer,
} from "../packages/webrtc/src/node/index.ts";
import {
  defaultTurnSettings,
  makeRestCredentials,
  type TurnServerEvent,
  type TurnSettings,
} from "../packages/webrtc/src/turn/index.ts";
import { missingCoturn, runClient, startPeer } from "./support/coturn.ts";
import { pemCertificate } from "./support/pem-certificate.ts";

/**
 * Coturn's own client against our TURN server. A scenario has passed when every byte that was sent
 * through the server came back; the client's exit code alone says nothing.
 */
const port = 23_478;
const peerPort = 23_480;
const secret = "a-secret";
const user = ["-u", "ninefingers", "-w", "youhavetoberealistic"];
const some = ["-n", "10", "-l", "170"];
const good = [...user, ...some];
const peer = ["-e", "127.0.0.1", "-r", `${peerPort}`, "-X", "-g"];
const peer6 = ["-e", "::1", "-r", `${peerPort}`];
const server4 = ["-p", `${port}`, "127.0.0.1"];
const server6 = ["-p", `${port}`, "::1"];
const { limits } = defaultTurnSettings;

const missing = missingCoturn();
const folder = mkdtempSync(join(tmpdir(), "coturn-"));
const certificate = pemCertificate();
const tls = ["-S", "-i", join(folder, "cert.pem"), "-k", join(folder, "key.pem")];
const peers: ChildProcess[] = [];
const servers: NodeTurnServer[] = [];

/** The client takes one TLS record for one message, whoever's server it talks to: so they come one by one. */
const slowTls = [...tls, "-z", "200"];

/** Scenarios whose data must all come back. */
const scenarios: Readonly<Record<string, readonly string[]>> = {
  "UDP, channels": [...good, ...peer, ...server4],
  "UDP, Send and Data indications (-s)": [...good, "-s", ...peer, ...server4],
  "client to client (-y)": [...good, "-y", "-m", "2", ...peer, ...server4],
  "TCP (-t)": [...good, "-t", ...peer, ...server4],
  "TLS (-t -S)": [...good, "-t", ...slowTls, ...peer, ...server4],
  "DTLS (-S)": [...good, ...tls, ...peer, ...server4],
  "TCP relay (-T)": [...good, "-T", "-y", "-c", "-m", "2", ...peer, ...server4],
  "TCP relay over TLS": [...good, "-T", ...slowTls, "-y", "-c", "-m", "2", ...peer, ...server4],
  "mobility (-M)": [...good, "-M", ...peer, ...server4],
  "IPv6 (-x)": [...good, "-x", ...peer6, ...server6],
  "IPv6 over TCP": [...good, "-t", "-x", ...peer6, ...server6],
  "IPv6 client, IPv4 relay": [...good, ...peer, ...server6],
  "dual allocation (-Z)": [...good, "-Z", "-e", "127.0.0.1", "-r", `${peerPort}`, ...server4],
  "dual, client to client": [...good, "-Z", "-y", "-m", "2", ...server4],
  "REST credentials (-W)": ["-u", "gorst", "-W", secret, ...some, ...peer, ...server4],
  "more requests than needed (-G)": [...good, "-G", ...peer, ...server4],
  "padded channel data (-D)": [...good, "-D", ...peer, ...server4],
  "fifty clients": [...user, "-l", "170", "-m", "50", "-n", "50", ...peer, ...server4],
};

beforeAll(async () => {
  if (missing !== undefined) return;
  writeFileSync(join(folder, "cert.pem"), certificate.cert);
  writeFileSync(join(folder, "key.pem"), certificate.key);
  peers.push(startPeer("127.0.0.1", peerPort), startPeer("::1", peerPort));
  await serve({ port, first: 30_000 });
});

afterAll(async () => {
  for (const process of peers) process.kill();
  for (const server of servers) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.concurrent("turnutils_uclient", () => {
  it.for(Object.entries(scenarios))("%s", async ([, args], { skip, expect }) => {
    if (missing !== undefined) skip(missing);
    const { sentBytes, receivedBytes, output } = await runClient(args);
    expect(sentBytes, output.slice(-2000)).toBeGreaterThan(0);
    expect(receivedBytes).toBe(sentBytes);
  });
});

describe.concurrent("turnutils_uclient is refused, and the server serves on:", () => {
  it("a wrong password (401)", async ({ skip, expect }) => {
    if (missing !== undefined) skip(missing);
    const { events, at, server } = await serve({ port: 23_500, first: 40_000 });
    const wrong = ["-u", "ninefingers", "-w", "wrong", ...some, ...peer, ...at];
    expect((await runClient(wrong)).output).toContain("Cannot complete Allocation");
    expect(codes(events)).toEqual(new Set([401]));
    expect(server.stats().counters.authFailures).toBeGreaterThan(0);
    await expectServed([...good, ...peer, ...at], expect);
  });

  it("credentials whose time is over (401)", async ({ skip, expect }) => {
    if (missing !== undefined) skip(missing);
    const { events, at } = await serve({ port: 23_510, first: 42_000 });
    const past = Math.floor(Date.now() / 1000) - 60;
    const { username, password } = makeRestCredentials(nodeCrypto, secret, "gorst", past);
    const late = ["-u", username, "-w", password, ...some, ...peer, ...at];
    expect((await runClient(late)).output).toContain("Cannot complete Allocation");
    expect(codes(events)).toEqual(new Set([401]));
    const { username: soon, password: its } = makeRestCredentials(
      nodeCrypto,
      secret,
      "gorst",
      past + 600,
    );
    await expectServed(["-u", soon, "-w", its, ...some, ...peer, ...at], expect);
  });

  it("more allocations than a user may have (486)", async ({ skip, expect }) => {
    if (missing !== undefined) skip(missing);
    const settings = { limits: { ...limits, allocationsPerUser: 4 } };
    const { events, at } = await serve({ port: 23_520, first: 44_000, settings });
    const { output } = await runClient([...good, "-m", "8", ...peer, ...at]);
    expect(output).toContain("error 486 (Allocation Quota Reached)");
    expect(codes(events)).toContain(486);
    expect(events.filter(({ type }) => type === "allocated")).toHaveLength(4);
    await expectServed(["-u", "other", "-w", "one", ...some, ...peer, ...at], expect);
  });

  it("a peer on the loopback interface (403)", async ({ skip, expect }) => {
    if (missing !== undefined) skip(missing);
    const { events, at, server } = await serve({
      port: 23_530,
      first: 46_000,
      relayIp: "127.0.0.2",
      settings: { peers: {} },
    });
    const { output } = await runClient([...good, ...peer, ...at]);
    expect(output).toContain("error 403 (Forbidden)");
    expect(codes(events)).toContain(403);
    expect(server.stats().counters.toPeers.packets).toBe(0);
    // Its own relays it does reach: client to client.
    await expectServed([...good, "-y", "-m", "2", ...peer, ...at], expect);
  });
});

describe("the server afterwards", () => {
  it("has carried data over each transport, and dropped nothing", ({ skip, expect }) => {
    if (missing !== undefined) skip(missing);
    const { fromClients, toClients, drops } = (servers[0] as NodeTurnServer).stats().counters;
    for (const transport of ["udp", "tcp", "tls", "dtls"] as const) {
      expect(fromClients[transport].packets).toBeGreaterThan(0);
      expect(toClients[transport].packets).toBe(fromClients[transport].packets);
    }
    expect(drops).toEqual({});
  });
});

interface Served {
  readonly server: NodeTurnServer;
  readonly events: readonly TurnServerEvent[];
  /** The client's arguments that lead to it. */
  readonly at: readonly string[];
}

async function serve(wanted: {
  readonly port: number;
  readonly first: number;
  readonly relayIp?: string;
  readonly settings?: Partial<TurnSettings>;
}): Promise<Served> {
  const events: TurnServerEvent[] = [];
  const both = ["127.0.0.1", "::1"].map((ip) => ({ ip, port: wanted.port }));
  const ports = { firstPort: wanted.first, lastPort: wanted.first + 9_999 };
  const server = await startTurnServer({
    udp: both,
    streams: both,
    tls: { cert: certificate.cert, key: certificate.key },
    dtls: certificate.local,
    relays: [
      { ip: wanted.relayIp ?? "127.0.0.1", ...ports },
      { ip: "::1", ...ports },
    ],
    users: {
      users: [
        { name: "ninefingers", password: "youhavetoberealistic" },
        { name: "other", password: "one" },
      ],
      secrets: [secret],
    },
    settings: {
      realm: "north.gov",
      mobility: true,
      fingerprint: true,
      rfc5766Channels: true,
      peers: { allowLoopback: true },
      limits: { ...limits, allocationsPerUser: 1000, reservationsPerUser: 500 },
      ...wanted.settings,
    },
    onEvent: (event) => events.push(event),
  });
  servers.push(server);
  return { server, events, at: ["-p", `${wanted.port}`, "127.0.0.1"] };
}

/** The error codes that the server answered with. */
function codes(events: readonly TurnServerEvent[]): ReadonlySet<number> {
  return new Set(events.flatMap((event) => (event.type === "refused" ? [event.code] : [])));
}

async function expectServed(args: readonly string[], check: typeof expect): Promise<void> {
  const { sentBytes, receivedBytes } = await runClient(args);
  check(sentBytes).toBeGreaterThan(0);
  check(receivedBytes).toBe(sentBytes);
}
