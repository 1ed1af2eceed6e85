import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchChromium } from "../e2e/support/browser.ts";
import { type RTCDataChannel, RTCPeerConnection } from "../packages/webrtc/src/node/index.ts";
import { browserPeer } from "./support/browser-peer.ts";

/** Chromium, told of nothing but our passive TCP candidate (RFC 6544), as a server behind a strict firewall has it. */

let browser: Browser;
let site: Server;

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

const overTcpAlone = (sdp: string): string =>
  sdp
    .split("\r\n")
    .filter((line) => !line.startsWith("a=candidate:") || line.includes(" tcptype passive"))
    .join("\r\n");

it("connects to it, and bytes go both ways", async () => {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  await page.evaluate(browserPeer);
  const pc = new RTCPeerConnection({ tcpCandidates: "all" });
  try {
    await page.evaluate("globalThis.tell = () => {}; start({})");
    const announced = once(pc, "datachannel");
    await page.evaluate("peer.pc.setLocalDescription()");
    const offer = (await page.evaluate("peer.pc.localDescription.sdp")) as string;
    await pc.setRemoteDescription({ type: "offer", sdp: overTcpAlone(offer) });
    await pc.setLocalDescription();
    await expect.poll(() => pc.iceGatheringState).toBe("complete");
    const sdp = overTcpAlone(pc.localDescription?.sdp ?? "");
    expect(sdp).toContain(" tcptype passive");
    await page.evaluate(`peer.pc.setRemoteDescription(${JSON.stringify({ type: "answer", sdp })})`);
    const [{ channel }] = (await announced) as [{ channel: RTCDataChannel }];
    await expect.poll(() => channel.readyState).toBe("open");
    const pair = pc.sctp?.transport.iceTransport.getSelectedCandidatePair();
    expect([pair?.local?.tcpType, pair?.remote?.tcpType]).toEqual(["passive", "active"]);
    // The page echoes.
    const answer = once(channel, "message");
    channel.send(new Uint8Array(200_000));
    const [{ data }] = await answer;
    expect((data as ArrayBuffer).byteLength).toBe(200_000);
  } finally {
    pc.close();
    await page.close();
  }
}, 60_000);
