import type { Seated } from "@tincan/signaling";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Guest, type House, refused, SignalingRig, WAIT } from "../testing/signaling-rig.ts";
import type { SignalingLimits } from "./signaling-limits.ts";

const RIGHT = "R".repeat(43);
const WRONG = "W".repeat(43);

const rig = new SignalingRig();

afterEach(() => rig.end());

function open(limits: Partial<SignalingLimits> = {}): Promise<House> {
  const iceServers = (peer: string) => [{ urls: ["stun:localhost"], username: peer }];
  return rig.open({ capacity: 3, limits, iceServers });
}

interface RoomGuest extends Omit<Guest, "ask"> {
  ask(event: string, payload?: object): Promise<{ type: string; code?: string }>;
  join(more?: object): Promise<Seated>;
  /** The last of the events of a name. */
  last(type: string): Promise<Record<string, unknown>>;
}

function visit(url: string, name: string): RoomGuest {
  const { socket, heard, ask } = rig.visit(url);
  return {
    socket,
    heard,
    ask: (event, payload = {}) => ask(event, payload),
    join: (more = {}) =>
      ask("create or join", { ...{ room: "room", name, instance: `${name}instance` }, ...more }),
    last: (type) =>
      vi.waitFor(() => {
        const found = heard.findLast((event) => event.type === type);
        if (found === undefined) throw new Error(`no ${type} among ${JSON.stringify(heard)}`);
        return found;
      }, WAIT),
  };
}

describe("locked rooms", () => {
  it("a guest knocks, the host hears its name and lets it in; another one is sent away", async () => {
    const { signaling, url } = await open({ handshakeMs: 300 });
    const [amy, bob, eve] = [visit(url, "amy"), visit(url, "bob"), visit(url, "eve")];
    const a = await amy.join();
    expect(a.state).toEqual({ host: a.self.id, locked: false, password: false });
    expect(await amy.ask("lock", { locked: true })).toEqual({ type: "ok" });
    expect(await amy.last("room")).toMatchObject({ seq: 1, state: { locked: true } });
    expect(await bob.join()).toMatchObject(refused("locked"));
    expect(await bob.join({ knock: true })).toEqual({ type: "waiting", withinMs: 300_000 });
    const { knocks } = (await amy.last("knocks")) as { knocks: { id: string; name: string }[] };
    expect(knocks).toEqual([{ id: expect.stringMatching(/^[a-z0-9]{8}$/), name: "bob" }]);
    // Who waits is not shown out for having no seat.
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await bob.join()).toMatchObject(refused("already-in-room"));
    expect(await amy.ask("admit", { knock: knocks[0]?.id, allow: true })).toEqual({ type: "ok" });
    const b = (await bob.last("create or join")).payload as Seated;
    expect(b).toMatchObject({
      type: "joined",
      peers: [{ id: a.self.id }],
      state: { locked: true },
    });
    expect(b.iceServers).toEqual([{ urls: ["stun:localhost"], username: b.self.id }]);
    expect(await amy.last("ready")).toMatchObject({ peer: { name: "bob" } });
    expect(await amy.ask("admit", { knock: knocks[0]?.id, allow: true })).toMatchObject(
      refused("no-such-knock"),
    );

    const other = visit(url, "eve");
    await other.join({ knock: true });
    await vi.waitFor(async () => {
      const waiting = (await amy.last("knocks")) as { knocks: { id: string; name: string }[] };
      expect(waiting.knocks.map(({ name }) => name)).toEqual(["eve"]);
      const knock = waiting.knocks[0]?.id;
      expect(await amy.ask("admit", { knock, allow: false })).toEqual({ type: "ok" });
    }, WAIT);
    expect((await other.last("create or join")).payload).toMatchObject(refused("not-admitted"));
    expect(signaling.stats()).toMatchObject({ peers: 2, refusals: { "not-admitted": 1 } });
    eve.socket.disconnect();
  });

  it("a guest that goes away knocks no longer, and one of an address that knocks too much is refused", async () => {
    const { url } = await open({ waitingPerAddress: 2, knockBurst: 4, knocksPerSecond: 0.01 });
    const amy = visit(url, "amy");
    await amy.join({ locked: true });
    const guests = ["bob", "eve", "dan"].map((name) => visit(url, name));
    const answers = [];
    for (const guest of guests) answers.push(await guest.join({ knock: true }));
    expect(answers).toMatchObject([
      { type: "waiting" },
      { type: "waiting" },
      refused("too-many-knocks"),
    ]);
    expect(await guests[0]?.ask("bye")).toEqual({ type: "ok" });
    guests[1]?.socket.disconnect();
    await vi.waitFor(async () => expect((await amy.last("knocks")).knocks).toEqual([]), WAIT);
    for (const type of ["waiting", "waiting"]) {
      expect(await guests[2]?.join({ knock: true })).toMatchObject({ type });
      await guests[2]?.ask("bye");
    }
    expect(await guests[2]?.join({ knock: true })).toMatchObject(refused("rate-limited"));
  });
});

describe("passwords", () => {
  it("are asked of newcomers, not of who comes back, and told to nobody", async () => {
    const { url } = await open();
    const [amy, bob] = [visit(url, "amy"), visit(url, "bob")];
    await amy.join({ password: RIGHT });
    expect(await bob.join()).toMatchObject(refused("password-needed"));
    expect(await bob.join({ password: WRONG })).toMatchObject(refused("wrong-password"));
    expect(await bob.join({ password: "short" })).toMatchObject(refused("malformed"));
    const b = await bob.join({ password: RIGHT });
    expect(b).toMatchObject({ type: "joined", state: { password: true } });
    bob.socket.io.engine.close();
    const back = visit(url, "bob");
    expect(await back.join({ resume: b.resume })).toMatchObject({ self: { id: b.self.id } });
    expect(JSON.stringify([b, amy.heard, bob.heard])).not.toContain(RIGHT);
    expect(await amy.ask("password", { verifier: null })).toEqual({ type: "ok" });
    expect(await visit(url, "eve").join()).toMatchObject({ type: "joined" });
  });

  it("cannot be tried faster than an address may", async () => {
    const { url } = await open({ passwordBurst: 2, passwordsPerSecond: 0.1 });
    await visit(url, "amy").join({ password: RIGHT });
    const eve = visit(url, "eve");
    for (const code of ["wrong-password", "wrong-password", "rate-limited"]) {
      expect(await eve.join({ password: WRONG })).toMatchObject(refused(code));
    }
    // Right or not: no more than that is told.
    expect(await eve.join({ password: RIGHT })).toMatchObject({ retryAfterMs: expect.any(Number) });
    expect(await eve.join({ room: "elsewhere" })).toMatchObject({ type: "created" });
  });
});

describe("the host", () => {
  it("removes: the peer hears why, the others too, and its token is void", async () => {
    const { url } = await open();
    const [amy, bob, eve] = [visit(url, "amy"), visit(url, "bob"), visit(url, "eve")];
    await amy.join();
    const b = await bob.join();
    await eve.join();
    expect(await eve.ask("remove", { peer: b.self.id })).toMatchObject(refused("not-host"));
    expect(await amy.ask("remove", { peer: b.self.id })).toEqual({ type: "ok" });
    expect(await bob.last("closing")).toMatchObject({ reason: "removed" });
    expect(await bob.last("disconnect")).toMatchObject({ reason: "io server disconnect" });
    const bye = { peer: b.self.id, reason: "left", removed: true };
    for (const guest of [amy, eve]) expect(await guest.last("bye")).toMatchObject(bye);
    const again = visit(url, "bob");
    expect(await again.join({ resume: b.resume })).toMatchObject(refused("removed"));
    const stranger = await again.join();
    expect(stranger.self.id).not.toBe(b.self.id);
  });

  it("asks a peer to mute, and is followed by the next when it leaves", async () => {
    const { url } = await open();
    const [amy, bob] = [visit(url, "amy"), visit(url, "bob")];
    const a = await amy.join();
    const b = await bob.join();
    const mute = { peer: b.self.id, what: "mute-audio" };
    expect(await amy.ask("ask", mute)).toEqual({ type: "ok" });
    expect(await bob.last("asked")).toMatchObject({ from: a.self.id, what: "mute-audio" });
    expect(await bob.ask("ask", mute)).toMatchObject(refused("not-host"));
    expect(await amy.ask("ask", { ...mute, peer: a.self.id })).toMatchObject(
      refused("no-such-peer"),
    );
    await amy.ask("bye");
    expect(await bob.last("room")).toMatchObject({ state: { host: b.self.id } });
    expect(await bob.ask("lock", { locked: true })).toEqual({ type: "ok" });
  });

  it.each([
    ["lock", {}],
    ["lock", { locked: "yes" }],
    ["password", { verifier: "secret" }],
    ["admit", { knock: "x", allow: true }],
    ["remove", []],
    ["ask", { peer: "a".repeat(16), what: "shout" }],
  ])("%s %j is malformed", async (event, payload) => {
    const { url } = await open();
    const amy = visit(url, "amy");
    await amy.join();
    expect(await amy.ask(event, payload)).toMatchObject(refused("malformed"));
  });

  it("says no more than two things a second", async () => {
    const { url } = await open({ hostMessageBurst: 2, hostMessagesPerSecond: 0.1 });
    const amy = visit(url, "amy");
    await amy.join();
    for (const locked of [true, false]) {
      expect(await amy.ask("lock", { locked })).toEqual({ type: "ok" });
    }
    expect(await amy.ask("lock", { locked: true })).toMatchObject(refused("rate-limited"));
  });

  it("finds nobody waiting at a server that drains", async () => {
    const { signaling, url } = await open();
    const [amy, bob] = [visit(url, "amy"), visit(url, "bob")];
    await amy.join({ locked: true });
    await bob.join({ knock: true });
    void signaling.drain(1000);
    expect((await bob.last("create or join")).payload).toMatchObject(refused("shutting-down"));
  });
});
