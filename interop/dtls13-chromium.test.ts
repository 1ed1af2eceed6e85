import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { launchChromium } from "../e2e/support/browser.ts";
import {
  type RTCDataChannel,
  type RTCIceCandidateInit,
  RTCPeerConnection,
} from "../packages/webrtc/src/node/index.ts";
import { browserPeer } from "./support/browser-peer.ts";
import { exchangeSizes, opened } from "./support/channel-exchange.ts";

/** Chromium offers DTLS 1.3 and takes it: both roles of ours against its own, as it says itself. */

let browser: Browser;
let site: Server;
let page: Page;
let pc: RTCPeerConnection;

beforeAll(async () => {
  browser = await launchChromium();
  site = createServer((_, response) =>
    response.setHeader("content-type", "text/html").end("<title>peer</title>"),
  );
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
});

afterAll(async () => {
  await browser?.close();
  site?.close();
});

beforeEach(async () => {
  page = await browser.newPage();
  pc = new RTCPeerConnection();
  await page.exposeFunction("tell", (candidate: RTCIceCandidateInit) =>
    pc.addIceCandidate(candidate).catch(() => undefined),
  );
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  await page.evaluate(browserPeer);
  pc.onicecandidate = ({ candidate }) => {
    if (candidate !== null) void run(`peer.pc.addIceCandidate(${JSON.stringify(candidate)})`);
  };
});

afterEach(async () => {
  pc.close();
  await page.close();
});

it("our server with Chromium's client", async () => {
  await run("start()");
  const channel = pc.createDataChannel("from us");
  await pc.setLocalDescription();
  await run(`peer.pc.setRemoteDescription(${JSON.stringify(pc.localDescription)})`);
  await run("peer.pc.setLocalDescription()");
  await pc.setRemoteDescription(await run("peer.pc.localDescription.toJSON()"));
  await check(channel, "client");
});

it("our client with Chromium's server", async () => {
  await run("start({})");
  const announced = once(pc, "datachannel");
  await run("peer.pc.setLocalDescription()");
  await pc.setRemoteDescription(await run("peer.pc.localDescription.toJSON()"));
  await pc.setLocalDescription();
  await run(`peer.pc.setRemoteDescription(${JSON.stringify(pc.localDescription)})`);
  const [{ channel }] = await announced;
  await check(channel, "server");
});

async function check(channel: RTCDataChannel, role: "client" | "server"): Promise<void> {
  await opened(channel);
  await exchangeSizes(channel, [1, 1000, 65_536]);
  const stats = "peer.pc.getStats().then((all) => [...all.values()])";
  const reports = await run<readonly Record<string, unknown>[]>(stats);
  // RFC 9147 §5.3: the version is { 254, 252 }.
  expect(reports.find((report) => report.type === "transport")).toMatchObject({
    dtlsRole: role,
    dtlsState: "connected",
    tlsVersion: "FEFC",
  });
}

/** Evaluates in the page. The page's globals are typed nowhere, hence the text. */
function run<Result>(code: string): Promise<Result> {
  return page.evaluate(code) as Promise<Result>;
}
