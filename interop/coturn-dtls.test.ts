import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import {
  importPem,
  type NodeTurnServer,
  startTurnServer,
} from "../packages/webrtc/src/node/index.ts";
import { defaultTurnSettings } from "../packages/webrtc/src/turn/index.ts";
import { missingCoturn, runClient, startPeer } from "./support/coturn.ts";
import { pemCertificate } from "./support/pem-certificate.ts";

/**
 * Coturn's own client against our TURN server over DTLS; passed where every byte came back. Not with
 * `-M`: there it uses a TLS session after freeing it, and breaks against coturn's server as often.
 */
const port = 23_578;
const peerPort = 23_580;
const user = ["-u", "ninefingers", "-w", "youhavetoberealistic"];
const good = [...user, "-n", "10", "-l", "170", "-S"];
const peer = ["-e", "127.0.0.1", "-r", `${peerPort}`, "-X", "-g"];
const at4 = ["-p", `${port}`, "127.0.0.1"];
const at6 = ["-p", `${port}`, "::1"];

const missing = missingCoturn();
const folder = mkdtempSync(join(tmpdir(), "coturn-dtls-"));
const certificate = pemCertificate();
const shown = ["-i", join(folder, "cert.pem"), "-k", join(folder, "key.pem")];
let echo: ChildProcess | undefined;
let server: NodeTurnServer | undefined;

const scenarios: Readonly<Record<string, readonly string[]>> = {
  channels: [...good, ...shown, ...peer, ...at4],
  "Send and Data indications (-s)": [...good, ...shown, "-s", ...peer, ...at4],
  "a server whose certificate is checked (-E)": [
    ...[...good, ...shown, "-E", join(folder, "cert.pem")],
    ...[...peer, ...at4],
  ],
  "client to client (-y)": [...good, ...shown, "-y", "-m", "2", ...peer, ...at4],
  "IPv6 client, IPv4 relay": [...good, ...shown, ...peer, ...at6],
  "twenty clients": [
    ...[...user, "-S", ...shown, "-l", "900", "-m", "20", "-n", "30"],
    ...[...peer, ...at4],
  ],
};

beforeAll(async () => {
  if (missing !== undefined) return;
  writeFileSync(join(folder, "cert.pem"), certificate.cert);
  writeFileSync(join(folder, "key.pem"), certificate.key);
  echo = startPeer("127.0.0.1", peerPort);
  server = await startTurnServer({
    udp: ["127.0.0.1", "::1"].map((ip) => ({ ip, port })),
    dtls: importPem(certificate.cert, certificate.key),
    relays: [{ ip: "127.0.0.1", firstPort: 50_000, lastPort: 50_999 }],
    users: { users: [{ name: "ninefingers", password: "youhavetoberealistic" }] },
    settings: {
      realm: "north.gov",
      mobility: true,
      fingerprint: true,
      rfc5766Channels: true,
      peers: { allowLoopback: true },
      limits: { ...defaultTurnSettings.limits, allocationsPerUser: 1000 },
    },
  });
});

afterAll(async () => {
  echo?.kill();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

// Most of their time is waited.
describe.concurrent("turnutils_uclient over DTLS", () => {
  it.for(Object.entries(scenarios))("%s", async ([, args], { skip, expect }) => {
    if (missing !== undefined) skip(missing);
    const { sentBytes, receivedBytes, output } = await runClient(args);
    expect(sentBytes, output).toBeGreaterThan(0);
    expect(receivedBytes, output).toBe(sentBytes);
  });
});
