import { once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RTCDataChannel, RTCPeerConnection } from "../packages/webrtc/src/node/index.ts";
import { exchangeSizes, opened } from "./support/channel-exchange.ts";
import { type ChromiumPeers, startChromium } from "./support/chromium.ts";
import { describeCounterpart } from "./support/describe-counterpart.ts";
import { Meeting } from "./support/meeting.ts";
import type { Counterpart } from "./support/other-peer.ts";
import type { PagePeer } from "./support/page-peer.ts";

/** Chromium's RTCPeerConnection against ours, over UDP on this machine. */

let chromium: ChromiumPeers;
beforeAll(async () => {
  chromium = await startChromium();
});
afterAll(() => chromium?.close());

const counterpart: Counterpart = {
  name: "Chromium",
  make: (options) => chromium.make(options),
  restarts: ["we", "they"],
  relays: ["ours", "both sides"],
};

describeCounterpart(counterpart);

let meeting: Meeting;
afterEach(() => meeting?.dispose());

async function meet(): Promise<{ readonly meeting: Meeting; readonly page: PagePeer }> {
  meeting = await Meeting.of(counterpart);
  return { meeting, page: meeting.other as PagePeer };
}

describe("Chromium's channels", () => {
  it.each([
    { ordered: false, maxRetransmits: 0, protocol: "game" },
    { maxPacketLifeTime: 500 },
    { protocol: "日本" },
  ])("come as they were made: %j", async (init) => {
    const { meeting, page } = await meet();
    await page.createChannel("from the page", init);
    const announced = once(meeting.pc, "datachannel");
    await meeting.answer();
    const [{ channel }] = await announced;
    expect(channel).toMatchObject({ label: "from the page", ...init });
    await exchangeSizes(channel, [10, 1000]);
  });

  it("and ours do, with ids of the standard's parity, negotiated or not", async () => {
    const { meeting, page } = await meet();
    const first = await meeting.connect("we");
    // The page hears of it when it gets to it.
    await expect.poll(() => page.run("peer.channels.length")).toBe(1);
    const agreed = meeting.pc.createDataChannel("agreed", { negotiated: true, id: 40 });
    await page.createChannel("agreed", { negotiated: true, id: 40 });
    await opened(agreed);
    // Until its transport knows the stream, Chromium drops what comes on it.
    await expect.poll(() => page.run("peer.channels[1].readyState")).toBe("open");
    await exchangeSizes(agreed, [10, 1000]);
    expect(first.id).toBe(await page.run("peer.channels[0].id"));
    const lossy = meeting.pc.createDataChannel("lossy", { ordered: false, maxRetransmits: 3 });
    await opened(lossy);
    await expect
      .poll(() =>
        page.run(
          "(({ ordered, maxRetransmits }) => ({ ordered, maxRetransmits }))(peer.channels[2] ?? {})",
        ),
      )
      .toEqual({ ordered: false, maxRetransmits: 3 });
  });
});

describe("offers at the same time", () => {
  it("end well where we are polite", async () => {
    const { meeting, page } = await meet();
    const ours = meeting.pc.createDataChannel("ours");
    await meeting.pc.setLocalDescription();
    await page.createChannel("theirs");
    const announced = once(meeting.pc, "datachannel");
    await meeting.answer();
    const [{ channel }] = await announced;
    await exchangeSizes(channel, [100]);
    await opened(ours);
    await expect.poll(() => page.run("peer.channels.map((c) => c.label)")).toContain("ours");
  });

  it("and offers with audio and video are answered without them", async () => {
    const { meeting, page } = await meet();
    await page.run(`peer.pc.addTransceiver("audio"); peer.pc.addTransceiver("video"); undefined`);
    const channel: RTCDataChannel = await meeting.connect("they");
    await exchangeSizes(channel, [100]);
    const { sdp } = meeting.pc.localDescription ?? { sdp: "" };
    expect(sdp.match(/^m=\S+ \d+/gm)).toHaveLength(3);
    expect(sdp).toMatch(/^m=audio 0 /m);
  });
});

/** It offers DTLS 1.3 and takes it, as it says itself. */
describe("DTLS 1.3", () => {
  it.each([
    ["our server with Chromium's client", "we", "client"],
    ["our client with Chromium's server", "they", "server"],
  ] as const)("%s", async (_, who, dtlsRole) => {
    const { meeting, page } = await meet();
    await meeting.connect(who);
    const reports = await page.run<readonly Record<string, unknown>[]>(
      "peer.pc.getStats().then((all) => [...all.values()])",
    );
    // RFC 9147 §5.3: the version is { 254, 252 }.
    expect(reports.find(({ type }) => type === "transport")).toMatchObject({
      dtlsRole,
      dtlsState: "connected",
      tlsVersion: "FEFC",
    });
  });
});

describe("our passive TCP candidate (RFC 6544), as a server behind a strict firewall has it", () => {
  const overTcpAlone = (sdp: string): string =>
    sdp
      .split("\r\n")
      .filter((line) => !line.startsWith("a=candidate:") || line.includes(" tcptype passive"))
      .join("\r\n");

  it("is enough for Chromium, and bytes go both ways", async () => {
    const page = await chromium.make({ servers: [], isRelayed: false, onCandidate: () => {} });
    const pc = new RTCPeerConnection({ tcpCandidates: "all" });
    try {
      await page.createChannel("over TCP");
      const announced = once(pc, "datachannel");
      const { sdp } = await page.offer({ restart: false });
      await pc.setRemoteDescription({ type: "offer", sdp: overTcpAlone(sdp ?? "") });
      await pc.setLocalDescription();
      await expect.poll(() => pc.iceGatheringState).toBe("complete");
      const answer = overTcpAlone(pc.localDescription?.sdp ?? "");
      expect(answer).toContain(" tcptype passive");
      await page.accept({ type: "answer", sdp: answer });
      const [{ channel }] = (await announced) as [{ channel: RTCDataChannel }];
      await opened(channel);
      const pair = pc.sctp?.transport.iceTransport.getSelectedCandidatePair();
      expect([pair?.local?.tcpType, pair?.remote?.tcpType]).toEqual(["passive", "active"]);
      await exchangeSizes(channel, [200_000]);
    } finally {
      pc.close();
      await page.dispose();
    }
  });
});
