import type { Body, Seated } from "@tincan/signaling";
import type { io } from "socket.io-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Guest, hears, SignalingRig, shut, WAIT } from "../testing/signaling-rig.ts";

const OFFER: Body = { type: "offer", sdp: "v=0\r\n" };

const rig = new SignalingRig();
const open: SignalingRig["open"] = (options, port) => rig.open(options, port);
const visit: SignalingRig["visit"] = (url, options) => rig.visit(url, options);

afterEach(() => rig.end());

function sit(guest: Guest, instance: string, more: object = {}): Promise<Seated> {
  const request = { room: "Room", name: instance, instance, ...more };
  return guest.ask<Seated>("create or join", request);
}

async function pair(
  url: string,
  options?: Parameters<typeof io>[1],
): Promise<{ amy: Guest; bob: Guest; a: Seated; b: Seated }> {
  const [amy, bob] = [visit(url, options), visit(url, options)];
  const a = await sit(amy, "amyamyamy");
  const b = await sit(bob, "bobbobbob");
  return { amy, bob, a, b };
}

function say(guest: Guest, seq: number, to: Seated, body: Body = OFFER): Promise<{ type: string }> {
  return guest.ask("message", { seq, to: to.self.id, instance: to.self.instance, body });
}

describe("SignalingServer", () => {
  it("brings two together: created, joined, ready, offer, answer, bye", async () => {
    const { signaling, url } = await open();
    const { amy, bob, a, b } = await pair(url);
    expect(a).toMatchObject({ type: "created", room: "room", capacity: 2, peers: [], received: 0 });
    expect(b).toMatchObject({ type: "joined", peers: [a.self] });
    const ready = { type: "ready", seq: 1, peer: b.self };
    await hears(amy, ready);
    expect(await say(amy, 1, b)).toEqual({ type: "ok" });
    const offer = { type: "message", seq: 1, from: a.self.id, body: OFFER };
    await hears(bob, offer);
    expect(await say(bob, 1, a, { type: "answer", sdp: "v=0" })).toEqual({ type: "ok" });
    expect(await bob.ask("bye")).toEqual({ type: "ok" });
    const answer = { type: "message", seq: 2, from: b.self.id, body: { type: "answer" } };
    await hears(amy, ready, answer, { type: "bye", seq: 3, peer: b.self.id, reason: "left" });
    expect(await amy.ask("bye", {})).toEqual({ type: "ok" });
    expect(signaling.stats()).toMatchObject({ rooms: 0, peers: 0, connections: 2, messages: 2 });
  });

  it("tells a third that the room is full", async () => {
    const { signaling, url } = await open();
    await pair(url);
    expect(await sit(visit(url), "eveeveeve")).toEqual({ type: "full", room: "room", capacity: 2 });
    expect(signaling.stats().refusals.full).toBe(1);
  });

  it("keeps what is said in a room in it, and between the two whom it concerns", async () => {
    const { url } = await open({ capacity: 3 });
    const { amy, b } = await pair(url);
    const third = visit(url);
    await sit(third, "thirdthird");
    const stranger = visit(url);
    const other = await sit(stranger, "bobbobbob", { room: "elsewhere" });
    await say(amy, 1, b);
    expect(await say(amy, 2, other)).toMatchObject({ code: "no-such-peer" });
    expect(await say(stranger, 1, b)).toMatchObject({ code: "no-such-peer" });
    // A socket hears in order: what it was not told by the time of this answer was not sent.
    for (const guest of [third, stranger]) {
      await guest.ask("received", { seq: 0 });
      expect(guest.heard).toEqual([]);
    }
  });

  it.each(["websocket", "polling"])(
    "loses nothing when a connection (%s) breaks and comes back",
    async (transport) => {
      const { url } = await open();
      const { amy, bob, a, b } = await pair(url, { transports: [transport] });
      await say(amy, 1, b);
      bob.socket.io.engine.close();
      const ready = { type: "ready" };
      const gone = { type: "peer-reconnecting", seq: 2, peer: b.self.id };
      await hears(amy, ready, gone);
      for (let seq = 2; seq <= 4; seq += 1) {
        await say(amy, seq, b, { type: "app", data: `${seq}` });
      }
      const back = visit(url, { transports: [transport] });
      const resume = { resume: b.resume, received: 1 };
      const resumed = await sit(back, "bobbobbob", resume);
      expect(resumed).toMatchObject({
        type: "resumed",
        self: b.self,
        received: 0,
        peers: [a.self],
      });
      await hears(
        back,
        ...[2, 3, 4].map((seq) => ({ type: "message", seq, body: { data: `${seq}` } })),
      );
      await hears(amy, ready, gone, { type: "peer-back", seq: 3, peer: b.self });
    },
  );

  it("gives a seat up as lost when nobody comes back to it", async () => {
    const { signaling, url } = await open({ limits: { keepSeatMs: 30 } });
    const { amy, bob, b } = await pair(url);
    bob.socket.io.engine.close();
    const lost = { type: "bye", peer: b.self.id, reason: "lost" };
    await hears(amy, { type: "ready" }, { type: "peer-reconnecting" }, lost);
    expect(signaling.stats()).toMatchObject({ rooms: 1, peers: 1 });
    amy.socket.disconnect();
    await vi.waitFor(() => {
      expect(signaling.stats()).toMatchObject({ rooms: 0, peers: 0, connections: 0 });
    }, WAIT);
  });

  it("keeps ids across a restart with the same key, and gives new ones under another", async () => {
    const house = await open();
    const { a, b } = await pair(house.url);
    await shut(house);
    const { port } = new URL(house.url);
    const second = await open({}, Number(port));
    const [amy, bob] = [visit(house.url), visit(house.url)];
    const b2 = await sit(bob, "bobbobbob", { resume: b.resume, received: 0 });
    const a2 = await sit(amy, "amyamyamy", { resume: a.resume, received: 1 });
    expect([b2.type, a2.type]).toEqual(["created", "joined"]);
    expect([b2.self, a2.self, a2.peers]).toEqual([b.self, a.self, [b.self]]);
    const host = { type: "room", seq: 2, state: { host: a.self.id } };
    await hears(bob, { type: "ready", seq: 1, peer: a.self }, host);
    await shut(second);
    await open({ resumeKey: new Uint8Array(32) }, Number(port));
    const stranger = await sit(visit(house.url), "bobbobbob", { resume: b2.resume });
    expect(stranger.self.id).not.toBe(b.self.id);
  });

  it("replaces a page by the next one of the same peer, and shows the first out for good", async () => {
    const { url } = await open();
    const { amy, bob, a, b } = await pair(url);
    const page = visit(url);
    const again = await sit(page, "anotherone", { resume: b.resume });
    expect(again).toMatchObject({ type: "joined", self: { id: b.self.id }, peers: [a.self] });
    const closing = { type: "closing", reason: "replaced" };
    await hears(bob, closing, { type: "disconnect", reason: "io server disconnect" });
    await hears(amy, { type: "ready" }, { type: "peer-back", peer: again.self });
  });

  it("closes a connection that confirms nothing, and gives up its seat as lost", async () => {
    const { url } = await open({ limits: { outboxMessages: 3 } });
    const { amy, bob, b } = await pair(url);
    for (let seq = 1; seq <= 4; seq += 1) await say(amy, seq, b);
    const messages = [1, 2, 3].map((seq) => ({ type: "message", seq }));
    await hears(bob, ...messages, { type: "disconnect", reason: "transport close" });
    await hears(amy, { type: "ready" }, { type: "bye", reason: "lost" });
  });

  it.each(["websocket", "polling"])(
    "tells a socket (%s) within a second that it shuts down",
    async (transport) => {
      const house = await open();
      const guest = visit(house.url, { transports: [transport] });
      await sit(guest, "amyamyamy");
      const start = performance.now();
      await shut(house);
      await hears(guest, { type: "closing", reason: "shutdown" }, { type: "disconnect" });
      expect(guest.heard).not.toContainEqual({
        type: "disconnect",
        reason: "io server disconnect",
      });
      expect(performance.now() - start).toBeLessThan(1000);
      expect(house.signaling.stats().connections).toBe(0);
    },
  );

  it("seats guests of several HTTP servers in the same rooms", async () => {
    const { signaling, url } = await open();
    const other = await rig.listen(signaling);
    const [amy, bob] = [visit(url), visit(other.url)];
    const a = await sit(amy, "amyamyamy");
    expect(await sit(bob, "bobbobbob")).toMatchObject({ type: "joined" });
    expect(await say(bob, 1, a)).toEqual({ type: "ok" });
    await hears(amy, { type: "ready" }, { type: "message" });
  });
});

describe("connecting", () => {
  it.each([
    ["http://elsewhere.example", [], "origin-refused"],
    ["null", [], "origin-refused"],
    ["http://elsewhere.example", ["http://elsewhere.example/"], undefined],
    ["http://elsewhere.example", ["https://elsewhere.example"], "origin-refused"],
    ["http://elsewhere.example", ["*"], undefined],
    ["own", [], undefined],
  ])("from a page of %s, %j allowed: %s", async (from, allowedOrigins, code) => {
    const { signaling, url } = await open({ allowedOrigins });
    const origin = from === "own" ? url : from;
    const guest = visit(url, { extraHeaders: { origin } });
    if (code === undefined) {
      expect(await sit(guest, "amyamyamy")).toMatchObject({ type: "created" });
    } else {
      await hears(guest, { type: "connect_error", code });
      expect(signaling.stats().refusals["origin-refused"]).toBe(1);
      await vi.waitFor(() => expect(signaling.stats().connections).toBe(0), WAIT);
    }
  });

  it.each([[{}], [{ protocol: 2 }], [{ protocol: "1" }]])(
    "with auth %j is refused",
    async (auth) => {
      const { url } = await open();
      const refused = { type: "connect_error", code: "unsupported-protocol" };
      await hears(visit(url, { auth }), refused);
    },
  );
});
