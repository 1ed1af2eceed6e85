import { type ChildProcess, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { startTincan } from "../e2e/support/server.ts";
import { describeWith } from "./support/needs.ts";
import {
  freePorts,
  itServesBehindAProxy,
  PROXIED_HOST,
  type RunningProxy,
  reach,
  Visitors,
} from "./support/proxy.ts";

// Debian's Caddy with deploy/Caddyfile as it stands there, but for ports and the upstream's address: the
// certificate is of Caddy's own authority, since no other can see this machine.

const CADDYFILE = join(import.meta.dirname, "../deploy/Caddyfile");

/** Rejects while the file is not there, or not written to its end: it is empty for a moment. */
async function readCertificate(path: string): Promise<string> {
  return new X509Certificate(await readFile(path)).toString();
}

describeWith(["caddy"], "behind Caddy", () => {
  let folder: string;
  let caddy: ChildProcess;
  let proxy: RunningProxy;
  const visitors = new Visitors(() => proxy);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tincan-caddy-"));
    const tincan = await startTincan(["--behind-proxy", "127.0.0.1", "--no-turn"]);
    const [securePort, plainPort] = await freePorts();
    const ports = `http_port ${plainPort}\nhttps_port ${securePort}\ndefault_bind 127.0.0.1`;
    const site = (await readFile(CADDYFILE, "utf8")).replace(
      "127.0.0.1:8080",
      new URL(tincan.url).host.replace("localhost", "127.0.0.1"),
    );
    const file = join(folder, "Caddyfile");
    await writeFile(file, `{\nadmin off\nlocal_certs\nskip_install_trust\n${ports}\n}\n${site}`);
    caddy = spawn("caddy", ["run", "--config", file, "--adapter", "caddyfile"], {
      env: { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
      stdio: "ignore",
    });
    const root = join(folder, "caddy/pki/authorities/local/root.crt");
    const patience = { timeout: 15_000, interval: 50 };
    const ca = await vi.waitFor(() => readCertificate(root), patience);
    await vi.waitFor(() => reach(securePort), patience);
    proxy = { tincan, securePort, plainPort, trust: { ca, servername: PROXIED_HOST } };
    // The certificate comes a moment after the port.
    await vi.waitFor(() => visitors.get("/healthz"), patience);
  }, 40_000);

  afterEach(() => visitors.leave());

  afterAll(async () => {
    caddy?.kill();
    await proxy?.tincan.stop("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  itServesBehindAProxy(visitors, () => proxy);
});
