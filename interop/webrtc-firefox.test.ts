import { once } from "node:events";
import { type Browser, launch, type Page } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type RTCDataChannel,
  RTCPeerConnection,
  type RTCSessionDescriptionInit,
} from "../packages/webrtc/src/node/index.ts";
import { browserPeer } from "./support/browser-peer.ts";
import { exchangeSizes, opened, receiveBulk, sendBulk } from "./support/channel-exchange.ts";

/** Firefox's RTCPeerConnection against ours. Its candidates come within its descriptions. */

let browser: Browser;
let page: Page;
let pc: RTCPeerConnection;

beforeAll(async () => {
  browser = await launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox: {
      // Calls connect on a machine without any network, too, and by addresses.
      "media.peerconnection.ice.loopback": true,
      "media.peerconnection.ice.obfuscate_host_addresses": false,
    },
  });
}, 120_000);
afterAll(() => browser?.close());

beforeEach(async () => {
  page = await browser.newPage();
  pc = new RTCPeerConnection();
  await page.evaluate(`${browserPeer}; globalThis.tell = () => {};
    globalThis.gathered = async () => {
      const { pc } = globalThis.peer;
      while (pc.iceGatheringState !== "complete")
        await new Promise((resolve) => { pc.onicegatheringstatechange = resolve; });
      return JSON.stringify(pc.localDescription.toJSON());
    }; undefined`);
});
afterEach(async () => {
  pc.close();
  await page.close();
});

async function ours(): Promise<string> {
  while (pc.iceGatheringState !== "complete") await once(pc, "icegatheringstatechange");
  return JSON.stringify(pc.localDescription);
}

async function theirs(): Promise<RTCSessionDescriptionInit> {
  return JSON.parse((await page.evaluate("gathered()")) as string);
}

async function offer(): Promise<void> {
  await pc.setLocalDescription();
  await page.evaluate(`peer.pc.setRemoteDescription(${await ours()})`);
  await page.evaluate("peer.pc.setLocalDescription()");
  await pc.setRemoteDescription(await theirs());
}

async function connectAsOfferer(): Promise<RTCDataChannel> {
  await page.evaluate("start()");
  const channel = pc.createDataChannel("from us");
  await offer();
  await opened(channel);
  return channel;
}

async function connectAsAnswerer(): Promise<RTCDataChannel> {
  await page.evaluate("start({})");
  const announced = once(pc, "datachannel");
  await page.evaluate("peer.pc.setLocalDescription()");
  await pc.setRemoteDescription(await theirs());
  await pc.setLocalDescription();
  await page.evaluate(`peer.pc.setRemoteDescription(${await ours()})`);
  const [{ channel }] = await announced;
  await opened(channel);
  return channel;
}

describe.each([
  ["offering to Firefox", connectAsOfferer],
  ["answering Firefox", connectAsAnswerer],
])("%s", (_, connect) => {
  it("messages of 1 B to 256 KiB go both ways, in bulk as well, and the channel closes", async () => {
    const channel = await connect();
    await exchangeSizes(channel);
    const received = receiveBulk(channel, 2_000_000);
    const sent = await sendBulk(channel, 2_000_000);
    expect(await received).toBe(sent);
    channel.close();
    await once(channel, "close");
    await expect.poll(() => page.evaluate("peer.channels[0].readyState")).toBe("closed");
  });
});

it("an ICE restart keeps the channel", async () => {
  const channel = await connectAsOfferer();
  pc.restartIce();
  await offer();
  await exchangeSizes(channel, [1000, 65_536]);
  expect(pc.connectionState).toBe("connected");
});
