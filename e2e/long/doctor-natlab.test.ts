import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NatLab } from "../../interop/support/natlab.ts";
import { chromiumPath } from "../../tools/browser.ts";
import { CHROMIUM_FLAGS } from "../support/browser.ts";
import { type Visit, visitDoctor } from "../support/doctor-visit.ts";
import { signCertificate } from "../support/test-authority.ts";

// Command and page in networks of every kind, at one `tincan serve` on the internet: both name the same.

const HOMES = {
  cone: "portrestricted",
  strict: "symmetric",
  blocked: "udpblocked",
  proxied: "tlsonly",
} as const;

type Home = keyof typeof HOMES;

/** The ranges for documentation, of which the laboratory is made; a relay for the public refuses them (RFC 5737 §3). */
const PEERS = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"].flatMap((range) => [
  "--allow-peer",
  range,
]);

let lab: NatLab | string;
let folder: string;
let authority: string;
const servers: ChildProcess[] = [];

beforeAll(async () => {
  const hosts = Object.entries(HOMES).map(([name, kind]) => `${name}=${kind}`);
  lab = await NatLab.up("tincandoc", hosts);
  if (typeof lab === "string") return;
  folder = await mkdtemp(join(tmpdir(), "tincan-doctor-lab-"));
  const signed = await signCertificate(folder, ["call.test"]);
  const { cert, key } = signed;
  authority = signed.authority;
  const options = ["--cert", cert, "--key", key, "--data-dir", join(folder, "data")];
  await serve(lab, [...options, "--port", "443", ...PEERS]);
  // Another one that hands out the STUN of the first, and no relay.
  const stun = [3478, 3479].flatMap((port) => ["--turn-url", `stun:call.test:${port}`]);
  await serve(lab, [...options, "--port", "8443", "--http-port", "0", ...stun]);
}, 120_000);

async function serve(built: NatLab, args: readonly string[]): Promise<void> {
  const server = spawn(
    built.program,
    ["exec", "server", process.execPath, COMMAND, "serve", ...args],
    { env: built.env, stdio: ["ignore", "pipe", "inherit"] },
  );
  servers.push(server);
  await new Promise<void>((resolve, reject) => {
    server.stdout.on("data", (text) => String(text).includes("Ctrl-C") && resolve());
    server.once("exit", (code) => reject(new Error(`tincan ended with ${code}`)));
  });
}

afterAll(async () => {
  for (const server of servers) server.kill();
  if (typeof lab !== "string") await lab?.down();
  if (folder) await rm(folder, { recursive: true, force: true });
}, 60_000);

const COMMAND = join(import.meta.dirname, "../../packages/server/bin/tincan.js");

describe("in the NAT laboratory", () => {
  it.for<[Home, string | null, RegExp]>([
    ["cone", null, /likely/i],
    ["strict", null, /unlikely/i],
    ["blocked", "udp-blocked", /not from here/i],
    ["proxied", "only-one-port", /not from here/i],
  ])("a visitor behind %s is told %s", async ([home, cause, direct], { skip }) => {
    if (typeof lab === "string") return skip(lab);
    const visit = await visitFrom(lab, home);
    expect([visit.cause, await commandFrom(lab, home)]).toEqual([cause, cause]);
    expect(visit.text).toMatch(direct);
  });

  it.for<[Home, boolean]>([
    ["cone", false],
    ["strict", true],
  ])(
    "behind %s, two ports of STUN tell without a relay that the NAT is strict: %s",
    async ([home, isStrict], { skip }) => {
      if (typeof lab === "string") return skip(lab);
      const { cause, checks, text } = await visitFrom(lab, home, "https://call.test:8443");
      expect(cause).toBe("stun-only");
      expect(checks.nat).toBe(isStrict ? "fault" : "good");
      expect(text.includes("gives each connection another address")).toBe(isStrict);
    },
  );

  it("a firewall before the relay ports is named", async ({ skip }) => {
    if (typeof lab === "string") return skip(lab);
    const rules =
      "add table inet shut; add chain inet shut in { type filter hook input priority 0; }";
    const rule = 'add rule inet shut in iifname != "lo" udp dport 49152-65535 drop';
    await lab.run("exec", "server", "nft", `${rules}; ${rule}`);
    try {
      const visit = await visitFrom(lab, "cone");
      expect([visit.cause, await commandFrom(lab, "cone")]).toEqual([
        "relay-blocked",
        "relay-blocked",
      ]);
    } finally {
      await lab.run("exec", "server", "nft", "delete table inet shut");
    }
  });
});

async function visitFrom(
  built: NatLab,
  home: Home,
  url: string = "https://call.test",
): Promise<Visit> {
  const browser: Browser = await chromium.launch({
    executablePath: built.chromium,
    chromiumSandbox: false,
    args: [...CHROMIUM_FLAGS],
    env: { ...built.env, NATLAB_HOST: home, NATLAB_CHROMIUM: chromiumPath() },
  });
  try {
    return await visitDoctor(browser, url);
  } finally {
    await browser.close();
  }
}

/** What the command says on the same host. */
async function commandFrom(built: NatLab, home: Home): Promise<string | null> {
  const child = spawn(
    built.program,
    ["exec", home, process.execPath, COMMAND, "doctor", "https://call.test", "--json"],
    {
      env: { ...built.env, NODE_EXTRA_CA_CERTS: authority },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let json = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    json += text;
  });
  await once(child, "close");
  return (JSON.parse(json) as { verdict: { cause: string } | null }).verdict?.cause ?? null;
}
