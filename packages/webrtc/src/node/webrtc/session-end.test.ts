import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import type { RTCPeerConnection, RTCSessionDescriptionInit } from "./index.ts";
import { described, negotiate, Peers, settled, talk } from "./test-rig.ts";

const peers = new Peers();
afterEach(() => peers.closeAll());

const bothHeard = ["from b", "from a"];

/** The description with its section switched off. */
function refused({ type, sdp = "" }: RTCSessionDescriptionInit): RTCSessionDescriptionInit {
  return { type, sdp: sdp.replace(/m=application \d+ /, "m=application 0 ") };
}

const statesOf = (one: RTCPeerConnection): unknown[] => [
  one.sctp,
  one.connectionState,
  one.iceConnectionState,
  one.iceGatheringState,
];

describe("data channels whose section is switched off (RFC 8841 §10.3)", () => {
  it("by an offer, close on both sides, and so does their transport", async () => {
    const { a, b, channel, other } = await peers.connected();
    const { sctp } = a;
    const closed = [once(channel, "close"), once(other, "close")];
    await negotiate(a, b, refused);
    await Promise.all(closed);
    await Promise.all([settled(a), settled(b)]);
    expect(sctp?.state).toBe("closed");
    for (const one of [a, b]) expect(statesOf(one)).toEqual([null, "new", "new", "new"]);
  });

  it("by an answer, close on the side that hears of it", async () => {
    const { a, b, channel } = await peers.connected();
    const closed = once(channel, "close");
    await a.setLocalDescription();
    await b.setRemoteDescription(described(a));
    await b.setLocalDescription();
    await a.setRemoteDescription(refused(described(b)));
    await closed;
    await settled(a);
    expect(statesOf(a)).toEqual([null, "new", "new", "new"]);
  });

  it.each([
    ["who offered", (a: RTCPeerConnection, b: RTCPeerConnection) => [a, b] as const],
    ["who answered", (a: RTCPeerConnection, b: RTCPeerConnection) => [b, a] as const],
  ])("make room for new ones, which are asked for by the one %s", async (_, order) => {
    const { a, b, channel } = await peers.connected();
    const closed = once(channel, "close");
    await negotiate(a, b, refused);
    await closed;
    const [one, two] = order(a, b);
    const isNeeded = once(one, "negotiationneeded");
    one.createDataChannel("again");
    await isNeeded;
    await Promise.all([negotiate(one, two), once(two, "datachannel")]);
    expect(described(one).sdp.match(/^m=/gm)).toHaveLength(1);
    expect(await talk(one, two)).toEqual(bothHeard);
    expect(await talk(two, one)).toEqual(bothHeard);
    expect([one.connectionState, two.sctp?.state]).toEqual(["connected", "connected"]);
  });

  it("are not asked for again by anybody", async () => {
    const { a, b, channel } = await peers.connected();
    const closed = once(channel, "close");
    const asked: string[] = [];
    a.onnegotiationneeded = () => asked.push("a");
    b.onnegotiationneeded = () => asked.push("b");
    await negotiate(a, b, refused);
    await closed;
    await Promise.all([settled(a), settled(b)]);
    expect(asked).toEqual([]);
  });
});
