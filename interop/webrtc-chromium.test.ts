import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium } from "../e2e/support/browser.ts";
import {
  type RTCDataChannel,
  type RTCIceCandidateInit,
  RTCPeerConnection,
} from "../packages/webrtc/src/node/index.ts";
import { browserPeer } from "./support/browser-peer.ts";
import {
  bulkMegabytes,
  exchangeSizes,
  opened,
  receiveBulk,
  sendBulk,
} from "./support/channel-exchange.ts";

/** Chromium's RTCPeerConnection against ours, over UDP on this machine. */

let browser: Browser;
let site: Server;
let page: Page;
let pc: RTCPeerConnection;
/** Candidates of the page that may have overtaken its description. */
let told: RTCIceCandidateInit[];

beforeAll(async () => {
  browser = await launchChromium();
  // A page of its own origin, for crypto.subtle wants a secure context.
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
  told = [];
  await page.exposeFunction("tell", (candidate: RTCIceCandidateInit) => {
    told.push(candidate);
    if (pc.signalingState === "stable" && pc.remoteDescription !== null) takeCandidates();
  });
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  await page.evaluate(browserPeer);
  pc.onicecandidate = ({ candidate }) => {
    if (candidate === null) return;
    // Those of an offer that was taken back find no description there.
    void run(`peer.pc.addIceCandidate(${JSON.stringify(candidate)}).catch(() => {})`);
  };
});

afterEach(async () => {
  pc.close();
  await page.close();
});

/** Evaluates in the page. The page's globals are typed nowhere, hence the text. */
function run<Result>(code: string): Promise<Result> {
  return page.evaluate(code) as Promise<Result>;
}

function takeCandidates(): void {
  for (const candidate of told.splice(0)) void pc.addIceCandidate(candidate).catch(() => undefined);
}

/** We offer, the page answers. */
async function offer(): Promise<void> {
  await pc.setLocalDescription();
  await run(`peer.pc.setRemoteDescription(${JSON.stringify(pc.localDescription)})`);
  await run("peer.pc.setLocalDescription()");
  await pc.setRemoteDescription(await run("peer.pc.localDescription.toJSON()"));
  takeCandidates();
}

/** The page offers, we answer. */
async function answer(): Promise<void> {
  await run("peer.pc.setLocalDescription()");
  await pc.setRemoteDescription(await run("peer.pc.localDescription.toJSON()"));
  await pc.setLocalDescription();
  takeCandidates();
  await run(`peer.pc.setRemoteDescription(${JSON.stringify(pc.localDescription)})`);
}

async function connectAsOfferer(): Promise<RTCDataChannel> {
  await run("start()");
  const channel = pc.createDataChannel("from us");
  await offer();
  await opened(channel);
  await expect.poll(() => run("peer.channels.length")).toBe(1);
  return channel;
}

async function connectAsAnswerer(init: object = {}): Promise<RTCDataChannel> {
  await run(`start(${JSON.stringify(init)})`);
  const announced = once(pc, "datachannel");
  await answer();
  const [{ channel }] = await announced;
  await opened(channel);
  return channel;
}

describe.each([
  ["offering to Chromium", connectAsOfferer],
  ["answering Chromium", connectAsAnswerer],
])("%s", (_, connect) => {
  it("messages of 1 B to 256 KiB go both ways", async () => {
    const channel = await connect();
    await exchangeSizes(channel);
    expect(pc.connectionState).toBe("connected");
    expect(pc.sctp?.maxMessageSize).toBe(262_144);
  });

  it(
    `${bulkMegabytes} MB arrive as they were sent, both ways`,
    async () => {
      const channel = await connect();
      const bytes = bulkMegabytes * 1_000_000;
      await run(`collect(${bytes})`);
      const sent = await sendBulk(channel, bytes);
      expect(await run("collected")).toBe(sent);
      const received = receiveBulk(channel, bytes);
      const theirs = await run(`sendBulk(${bytes})`);
      expect(await received).toBe(theirs);
    },
    60_000 + 2000 * bulkMegabytes,
  );

  it("a channel closes on both sides, from either", async () => {
    const channel = await connect();
    channel.close();
    expect(channel.readyState).toBe("closing");
    await once(channel, "close");
    await expect.poll(() => run("peer.channels[0].readyState")).toBe("closed");
    const second = pc.createDataChannel("second");
    await opened(second);
    await expect.poll(() => run("peer.channels[1]?.readyState")).toBe("open");
    const events: string[] = [];
    for (const type of ["closing", "close"] as const) {
      second.addEventListener(type, () => events.push(type));
    }
    await run("peer.channels[1].close()");
    await expect.poll(() => events).toEqual(["closing", "close"]);
  });

  it("an ICE restart by us keeps the channel, and so does one by the page", async () => {
    const channel = await connect();
    for (const restart of ["ours", "theirs"]) {
      const before = /a=ice-ufrag:.*/.exec(pc.currentLocalDescription?.sdp ?? "")?.[0];
      if (restart === "ours") {
        pc.restartIce();
        await offer();
      } else {
        await run("peer.pc.restartIce()");
        await answer();
      }
      expect(pc.currentLocalDescription?.sdp).not.toContain(before);
      await exchangeSizes(channel, [1000, 65_536]);
      await expect
        .poll(async () => (await run<string>("peer.pc.iceConnectionState")) ?? "")
        .toMatch(/connected|completed/);
      await expect.poll(() => pc.connectionState).toBe("connected");
    }
  });

  it("closing the connection closes the other side's channel", async () => {
    await connect();
    pc.close();
    await expect.poll(() => run("peer.channels[0].readyState")).toBe("closed");
  });

  it("the page's closing is noticed at once", async () => {
    const channel = await connect();
    const closed = once(channel, "close");
    await run("peer.pc.close()");
    await closed;
    await expect.poll(() => pc.sctp?.state).toBe("closed");
  });
});

describe("Chromium's channels", () => {
  it.each([
    { ordered: false, maxRetransmits: 0, protocol: "game" },
    { maxPacketLifeTime: 500 },
    { protocol: "日本" },
  ])("come as they were made: %j", async (init) => {
    const channel = await connectAsAnswerer(init);
    expect(channel).toMatchObject({ label: "from the page", ...init });
    await exchangeSizes(channel, [10, 1000]);
  });

  it("and ours do, with ids of the standard's parity, negotiated or not", async () => {
    const first = await connectAsOfferer();
    const agreed = pc.createDataChannel("agreed", { negotiated: true, id: 40 });
    await run(`use(peer.pc.createDataChannel("agreed", { negotiated: true, id: 40 }))`);
    await opened(agreed);
    await exchangeSizes(agreed, [10, 1000]);
    expect(first.id).toBe(await run("peer.channels[0].id"));
    const lossy = pc.createDataChannel("lossy", { ordered: false, maxRetransmits: 3 });
    await opened(lossy);
    await expect
      .poll(() =>
        run(
          "(({ ordered, maxRetransmits }) => ({ ordered, maxRetransmits }))(peer.channels[2] ?? {})",
        ),
      )
      .toEqual({ ordered: false, maxRetransmits: 3 });
  });
});

describe("offers at the same time", () => {
  it("end well where we are polite", async () => {
    await run("start({})");
    pc.createDataChannel("ours");
    await pc.setLocalDescription();
    await run("peer.pc.setLocalDescription()");
    const announced = once(pc, "datachannel");
    await pc.setRemoteDescription(await run("peer.pc.localDescription.toJSON()"));
    await pc.setLocalDescription();
    await run(`peer.pc.setRemoteDescription(${JSON.stringify(pc.localDescription)})`);
    const [{ channel }] = await announced;
    await exchangeSizes(channel, [100]);
    await expect.poll(() => run("peer.channels.map((c) => c.label)")).toContain("ours");
  });

  it("and offers with audio and video are answered without them", async () => {
    await run("start({})");
    await run(`peer.pc.addTransceiver("audio"); peer.pc.addTransceiver("video"); undefined`);
    const announced = once(pc, "datachannel");
    await answer();
    const [{ channel }] = await announced;
    await exchangeSizes(channel, [100]);
    expect(pc.localDescription?.sdp.match(/^m=\S+ \d+/gm)).toHaveLength(3);
    expect(pc.localDescription?.sdp).toMatch(/^m=audio 0 /m);
  });
});
