import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { startTincan } from "../e2e/support/server.ts";
import { describeWith } from "./support/needs.ts";
import {
  freePorts,
  itServesBehindAProxy,
  type RunningProxy,
  reach,
  Visitors,
} from "./support/proxy.ts";

// Debian's nginx with deploy/nginx.conf as it stands there, but for ports, certificate and addresses.

const CONF = join(import.meta.dirname, "../deploy/nginx.conf");

describeWith(["nginx"], "behind nginx", () => {
  let folder: string;
  let nginx: ChildProcess;
  let proxy: RunningProxy;
  const visitors = new Visitors(() => proxy);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tincan-nginx-"));
    const tincan = await startTincan(["--behind-proxy", "127.0.0.1", "--no-turn"]);
    const [securePort, plainPort] = await freePorts();
    const certificate = join(tincan.dataDir, "self-signed.pem");
    const trust = { ca: await readFile(certificate, "utf8"), servername: "localhost" };
    proxy = { tincan, securePort, plainPort, trust };
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

  afterEach(() => visitors.leave());

  afterAll(async () => {
    nginx?.kill();
    await proxy?.tincan.stop("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  itServesBehindAProxy(visitors, () => proxy);
});
