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
let server: ChildProcess | undefined;

beforeAll(async () => {
  const hosts = Object.entries(HOMES).map(([name, kind]) => `${name}=${kind}`);
  lab = await NatLab.up("tincandoc", hosts);
  if (typeof lab === "string") return;
  folder = await mkdtemp(join(tmpdir(), "tincan-doctor-lab-"));
  const signed = await signCertificate(folder, ["call.test"]);
  const { cert, key } = signed;
  authority = signed.authority;
  const options = ["--port", "443", "--cert", cert, "--key", key];
  const data = ["--data-dir", join(folder, "data"), ...PEERS];
  server = spawn(
    lab.program,
    ["exec", "server", process.execPath, COMMAND, "serve", ...options, ...data],
    { env: lab.env, stdio: ["ignore", "pipe", "inherit"] },
  );
  await new Promise<void>((resolve, reject) => {
    server?.stdout?.on("data", (text) => String(text).includes("Ctrl-C") && resolve());
    server?.once("exit", (code) => reject(new Error(`tincan ended with ${code}`)));
  });
}, 120_000);

afterAll(async () => {
  server?.kill();
  if (typeof lab !== "string") await lab?.down();
  if (folder) await rm(folder, { recursive: true, force: true });
}, 60_000);

const COMMAND = join(import.meta.dirname, "../../packages/server/bin/tincan.js");

describe("in the NAT laboratory", () => {
  it.for<[Home, string | null, RegExp]>([
    ["cone", null, /likely/],
    ["strict", null, /unlikely/],
    ["blocked", "udp-blocked", /not from here/],
    ["proxied", "only-one-port", /not from here/],
  ])("a visitor behind %s is told %s", async ([home, cause, direct], { skip }) => {
    if (typeof lab === "string") return skip(lab);
    const visit = await visitFrom(lab, home);
    expect([visit.cause, await commandFrom(lab, home)]).toEqual([cause, cause]);
    expect(visit.text).toMatch(direct);
  });

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

async function visitFrom(built: NatLab, home: Home): Promise<Visit> {
  const browser: Browser = await chromium.launch({
    executablePath: built.chromium,
    chromiumSandbox: false,
    args: [...CHROMIUM_FLAGS],
    env: { ...built.env, NATLAB_HOST: home, NATLAB_CHROMIUM: chromiumPath() },
  });
  try {
    return await visitDoctor(browser, "https://call.test");
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
