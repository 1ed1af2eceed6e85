import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_FLAGS } from "../e2e/support/browser.ts";
import { signCertificate } from "../e2e/support/test-authority.ts";
import { chromiumPath } from "../tools/browser.ts";
import { NatLab } from "./support/natlab.ts";

// The page, served by one `tincan serve` on the internet, between homes of every kind: whatever stands
// in between, the call connects, directly where that can be.

const PATIENCE_MS = 45_000;

const HOMES = {
  cone: "portrestricted",
  other: "portrestricted",
  symmetric: "symmetric",
  blocked: "udpblocked",
  proxied: "tlsonly",
} as const;

type Home = keyof typeof HOMES;

/** Who calls whom, and what the way between them has to be. */
const CALLS: readonly [Home, Home, "direct" | "relayed"][] = [
  ["cone", "other", "direct"],
  ["cone", "symmetric", "relayed"],
  ["symmetric", "blocked", "relayed"],
  ["cone", "proxied", "relayed"],
];

let lab: NatLab | string;
let folder: string;
let server: ChildProcess | undefined;
/** A browser in each home, from its first call on. */
const browsers = new Map<Home, Promise<Browser>>();

beforeAll(async () => {
  const hosts = Object.entries(HOMES).map(([name, kind]) => `${name}=${kind}`);
  lab = await NatLab.up("tincancall", hosts);
  if (typeof lab === "string") return;
  folder = await mkdtemp(join(tmpdir(), "tincan-lab-"));
  const { cert, key } = await signCertificate(folder, ["call.test"]);
  const command = join(import.meta.dirname, "../packages/server/bin/tincan.js");
  const options = [
    "--port",
    "443",
    "--cert",
    cert,
    "--key",
    key,
    "--data-dir",
    join(folder, "data"),
  ];
  server = spawn(lab.program, ["exec", "server", process.execPath, command, "serve", ...options], {
    env: lab.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    server?.stdout?.on("data", (text) => String(text).includes("Ctrl-C") && resolve());
    server?.once("exit", (code) => reject(new Error(`tincan ended with ${code}`)));
  });
}, 120_000);

afterAll(async () => {
  for (const browser of browsers.values()) await (await browser).close();
  server?.kill();
  if (typeof lab !== "string") await lab?.down();
  if (folder) await rm(folder, { recursive: true, force: true });
}, 60_000);

describe("a call through the page in the NAT laboratory", () => {
  it.for(CALLS)("%s to %s is %s", { timeout: 120_000 }, async ([from, to, way], { skip }) => {
    if (typeof lab === "string") return skip(lab);
    const room = `https://call.test/r/${from}-${to}?autojoin=1`;
    const built = lab;
    const pages = await Promise.all([from, to].map((home) => open(built, home, room)));
    try {
      for (const page of pages) {
        await expect
          .poll(() => flow(page), { timeout: PATIENCE_MS })
          .toMatchObject({ decodes: true, way });
      }
    } finally {
      await Promise.all(pages.map((page) => page.context().close()));
    }
  });

  it("goes on after the network goes and comes back, and in another network", {
    timeout: 240_000,
  }, async ({ skip }) => {
    if (typeof lab === "string") return skip(lab);
    const built = lab;
    const room = "https://call.test/r/moving?autojoin=1";
    const homes = ["cone", "other"] as const;
    const pages = await Promise.all(homes.map((home) => open(built, home, room)));
    try {
      await Promise.all(pages.map((page) => moves(page, PATIENCE_MS)));
      for (const page of pages) await page.evaluate(MARK_CALL);

      await built.run("cut", "cone");
      await Promise.all(pages.map(stands));
      await built.run("heal", "cone");
      await bothMove("healed", pages);
      await built.run("renumber", "cone");
      await Promise.all(pages.map(stands));
      await bothMove("renumbered", pages);
      for (const page of pages) expect(await page.evaluate(IS_MARKED)).toBe(true);
    } finally {
      await Promise.all(pages.map((page) => page.context().close()));
    }
  });
});

/** The same call, not one that was joined anew. */
const MARK_CALL = "void (tincan.call.mark = true)";
const IS_MARKED = "tincan.call.mark === true && tincan.call.state === 'connected'";

async function bothMove(what: string, pages: readonly Page[]): Promise<void> {
  const begin = performance.now();
  await Promise.all(pages.map((page) => moves(page, 60_000)));
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  process.stdout.write(`${what}: pictures on both sides after ${seconds} s\n`);
}

/** Until pictures of the other side come out, one after the other. */
async function moves(page: Page, timeout: number): Promise<void> {
  const interval = 500;
  let last = await frames(page);
  let grown = 0;
  const more = async () => {
    const now = await frames(page);
    grown = now > last ? grown + 1 : 0;
    last = now;
    return grown;
  };
  await expect.poll(more, { timeout, interval }).toBeGreaterThan(2);
}

/** Until none come any more. */
async function stands(page: Page): Promise<void> {
  let last = -1;
  const isStill = async () => {
    const now = await frames(page);
    const still = now === last;
    last = now;
    return still;
  };
  await expect.poll(isStill, { timeout: 15_000, interval: 1000 }).toBe(true);
}

/** Pictures that were decoded over the connection of this moment. */
function frames(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { tincan } = window as unknown as {
      tincan?: { call?: { peers: Map<string, { pc: RTCPeerConnection }> } };
    };
    const [peer] = [...(tincan?.call?.peers.values() ?? [])];
    const report = [...((await peer?.pc.getStats())?.values() ?? [])];
    const video = report.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
    return video?.framesDecoded ?? 0;
  });
}

function launch(built: NatLab, home: Home): Promise<Browser> {
  return chromium.launch({
    executablePath: built.chromium,
    chromiumSandbox: false,
    args: [...CHROMIUM_FLAGS],
    env: { ...built.env, NATLAB_HOST: home, NATLAB_CHROMIUM: chromiumPath() },
  });
}

async function open(built: NatLab, home: Home, address: string): Promise<Page> {
  const launched = browsers.get(home) ?? launch(built, home);
  browsers.set(home, launched);
  const browser = await launched;
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  await page.goto(address);
  return page;
}

/** Whether pictures of the other side come out, and how they came. */
function flow(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    const { tincan } = window as unknown as {
      tincan?: { call?: { peers: Map<string, { pc: RTCPeerConnection }> } };
    };
    const [peer] = [...(tincan?.call?.peers.values() ?? [])];
    const report = [...((await peer?.pc.getStats())?.values() ?? [])];
    const transport = report.find(({ type }) => type === "transport");
    const pair = report.find(({ id }) => id === transport?.selectedCandidatePairId);
    const ends = [pair?.localCandidateId, pair?.remoteCandidateId].map(
      (id) => report.find((one) => one.id === id)?.candidateType,
    );
    const video = report.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
    return {
      decodes: (video?.framesDecoded ?? 0) > 5,
      way: pair === undefined ? "none" : ends.includes("relay") ? "relayed" : "direct",
    };
  });
}
