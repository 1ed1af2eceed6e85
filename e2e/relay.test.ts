import { mkdtemp, rm } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import type { Call } from "@tincan/client";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./support/browser.ts";
import { type SdkSite, startSdkSite } from "./support/sdk-site.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";
import { signCertificate } from "./support/test-authority.ts";

// Calls that go through the embedded TURN server alone. In a container there is one machine, so both browsers
// and both relays stand on its one address: the browsers reach the server at the machine's own address, or, where it
// has none, on loopback, which Chromium's flag --allow-loopback-in-peer-connection opens.

/** What the page keeps for the test. */
interface RelayLab {
  call: Call;
  /** Parts of TURN URLs that may be used; the others are taken out of what the server says. */
  only: string;
  told: RTCIceServer[];
}

declare global {
  interface Window {
    relayLab: RelayLab;
    sdk: typeof import("@tincan/client");
  }
}

const PATIENCE_MS = 30_000;

let folder: string;
let browser: Browser;
let site: SdkSite;
let server: RunningTincan;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tincan-relay-"));
  const { cert, key } = await signCertificate(folder, ["localhost", "127.0.0.1", ...ownIps()]);
  [browser, site] = await Promise.all([launchChromium(), startSdkSite()]);
  server = await startTincan(["--cert", cert, "--key", key, "--allow-origin", site.origin]);
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe("two browsers that may use relays only", () => {
  test.each([
    ["udp", "?transport=udp"],
    ["tcp", "?transport=tcp"],
    ["tls", "turns:"],
  ])("reach each other by %s", async (protocol, only) => {
    await using call = await openCall(server.url, only);
    for (const page of call.pages) {
      await expect
        .poll(() => flow(page), { timeout: PATIENCE_MS })
        .toMatchObject({
          decodes: true,
          local: "relay",
          remote: "relay",
          relayProtocol: protocol,
        });
    }
  });
});

describe("a server that has no certificate to show", () => {
  test("takes TURN on its HTTPS port without TLS: one open TCP port is enough", async () => {
    await using own = await startTincan(["--allow-origin", site.origin]);
    const { port } = new URL(own.secureUrl);
    await using call = await openCall(own.url, `:${port}?transport=tcp`);
    for (const page of call.pages) {
      await expect
        .poll(() => flow(page), { timeout: PATIENCE_MS })
        .toMatchObject({ decodes: true, local: "relay", relayProtocol: "tcp" });
    }
  });

  test("relays on loopback where it listens nowhere else", async () => {
    const alone = ["--host", "127.0.0.1", "--allow-origin", site.origin];
    await using own = await startTincan(alone);
    await using call = await openCall(own.url, "transport=udp");
    for (const page of call.pages) {
      await expect
        .poll(() => flow(page), { timeout: PATIENCE_MS })
        .toMatchObject({ decodes: true, local: "relay", remote: "relay" });
    }
  });
});

async function openCall(
  url: string,
  only: string,
): Promise<AsyncDisposable & { readonly pages: readonly Page[] }> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  await context.addInitScript(restrictServers, only);
  const pages = await Promise.all([context.newPage(), context.newPage()]);
  const room = `relay-${Math.random().toString(36).slice(2)}`;
  for (const page of pages) {
    await page.goto(site.origin);
    await page.evaluate(enter, { room, server: url });
  }
  return { pages, [Symbol.asyncDispose]: () => context.close() };
}

/** Leaves only some of the servers that a page is told of. */
function restrictServers(only: string): void {
  const Original = window.RTCPeerConnection;
  window.relayLab = { only, told: [] } as unknown as RelayLab;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration: RTCConfiguration = {}) {
      const told = configuration.iceServers ?? [];
      window.relayLab.told = told;
      const iceServers = told.flatMap((one) => {
        const urls = [one.urls]
          .flat()
          .filter((url) => url.startsWith("turn") && url.includes(only));
        return urls.length > 0 ? [{ ...one, urls: urls.slice(0, 1) }] : [];
      });
      super({ ...configuration, iceServers });
    }
  };
}

async function enter({ room, server: to }: { room: string; server: string }): Promise<void> {
  const call = await window.sdk.join({ room, server: to, rtc: { iceTransportPolicy: "relay" } });
  window.relayLab.call = call;
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  call.publish(stream);
}

/** What the selected pair is, and whether pictures come out of it. */
function flow(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate(async () => {
    const [peer] = [...window.relayLab.call.peers.values()];
    const report = [...((await peer?.pc.getStats())?.values() ?? [])];
    const transport = report.find(({ type }) => type === "transport");
    const pair = report.find(({ id }) => id === transport?.selectedCandidatePairId);
    const local = report.find(({ id }) => id === pair?.localCandidateId);
    const remote = report.find(({ id }) => id === pair?.remoteCandidateId);
    const video = report.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
    return {
      decodes: (video?.framesDecoded ?? 0) > 5,
      local: local?.candidateType,
      remote: remote?.candidateType,
      relayProtocol: local?.relayProtocol,
      told: window.relayLab.told.map(({ urls }) => urls),
    };
  });
}

function ownIps(): string[] {
  return Object.values(networkInterfaces()).flatMap((faces) =>
    (faces ?? []).map(({ address }) => address),
  );
}
