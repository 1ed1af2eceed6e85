import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Guest,
  type House,
  hears,
  refused,
  SignalingRig,
  WAIT,
} from "../testing/signaling-rig.ts";
import { SIGNALING_LIMITS, type SignalingLimits } from "./signaling-limits.ts";
import type { SignalingOptions } from "./signaling-server.ts";

const rig = new SignalingRig();

afterEach(() => rig.end());

function open(
  limits: Partial<SignalingLimits>,
  options: Partial<SignalingOptions> = {},
): Promise<House> {
  return rig.open({ limits, ...options });
}

interface LimitedGuest extends Guest {
  join(room?: string): Promise<object>;
}

function visit(url: string, extraHeaders: Record<string, string> = {}): LimitedGuest {
  const guest = rig.visit(url, { extraHeaders });
  const join = (room = "room") =>
    guest.ask<object>("create or join", { room, instance: "instance1" });
  return { ...guest, join };
}

describe("each limit is answered with its error, and counted", () => {
  it("a message of more than 64 KiB, to the byte", async () => {
    const { signaling, url } = await open({});
    const guest = visit(url);
    await guest.join();
    const body = { type: "app", data: "" };
    const frame = { seq: 1, to: "a".repeat(16), instance: "instance2", body, pad: "" };
    const room = SIGNALING_LIMITS.messageBytes - JSON.stringify(frame).length;
    expect(await guest.ask("message", { ...frame, pad: "x".repeat(room + 1) })).toMatchObject(
      refused("too-large"),
    );
    const next = { ...frame, seq: 2, pad: "x".repeat(room) };
    expect(await guest.ask("message", next)).toMatchObject(refused("no-such-peer"));
    expect(signaling.stats().refusals).toMatchObject({ "too-large": 1, "no-such-peer": 1 });
  });

  it("messages of a socket, with the time after which one is taken again", async () => {
    const { signaling, url } = await open({ messageBurst: 3, messagesPerSecond: 0.5 });
    const guest = visit(url);
    const answers = await Promise.all([1, 2, 3, 4].map(() => guest.ask("bye")));
    expect(answers.slice(0, 3)).toMatchObject(Array(3).fill(refused("not-in-room")));
    expect(answers[3]).toMatchObject(refused("rate-limited"));
    const { retryAfterMs } = answers[3] as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(1000);
    expect(retryAfterMs).toBeLessThanOrEqual(2000);
    expect(signaling.stats().refusals["rate-limited"]).toBe(1);
  });

  it("joins of an address, over all its connections", async () => {
    const { url } = await open({ joinBurst: 2, joinsPerSecond: 0.1 });
    expect(await visit(url).join("a")).toMatchObject({ type: "created" });
    expect(await visit(url).join("b")).toMatchObject({ type: "created" });
    expect(await visit(url).join("c")).toMatchObject(refused("rate-limited"));
  });

  it("connections of an address, which is what the proxy says where there is one", async () => {
    const trustedAddress: SignalingOptions["trustedAddress"] = ({ headers }) =>
      String(headers["x-real-ip"]);
    const { signaling, url } = await open({ connectionsPerAddress: 1 }, { trustedAddress });
    const first = visit(url, { "x-real-ip": "2001:db8::1" });
    await first.join();
    const second = visit(url, { "x-real-ip": "2001:db8::2" });
    await hears(second, { type: "connect_error", code: "too-many-connections" });
    const other = visit(url, { "x-real-ip": "2001:db8:0:1::1" });
    expect(await other.join("other")).toMatchObject({ type: "created" });
    expect(signaling.stats()).toMatchObject({ refusals: { "too-many-connections": 1 } });
    first.socket.disconnect();
    await vi.waitFor(() => expect(signaling.stats().connections).toBe(1), WAIT);
    const third = visit(url, { "x-real-ip": "2001:db8::3" });
    expect(await third.join("third")).toMatchObject({ type: "created" });
  });

  it("connections without a seat, of all addresses together", async () => {
    const { url } = await open({ unseatedConnections: 1 });
    const seated = visit(url);
    await seated.join();
    const waiting = visit(url);
    await vi.waitFor(() => expect(waiting.socket.connected).toBe(true), WAIT);
    await hears(visit(url), { type: "connect_error", code: "too-many-connections" });
    await waiting.join();
    expect(await visit(url).join("other")).toMatchObject({ type: "created" });
  });

  it("more than twice the connections, by HTTP", async () => {
    const { url } = await open({ unseatedConnections: 1 });
    const handshake = `${url}/socket.io/?EIO=4&transport=polling`;
    const answers: number[] = [];
    for (let count = 0; count < 4; count += 1) answers.push((await fetch(handshake)).status);
    expect(answers).toEqual([200, 200, 403, 403]);
  });

  it("a connection that does not join in time, also one that has said nothing at all", async () => {
    const { signaling, url } = await open({ handshakeMs: 500 });
    const seated = visit(url);
    await seated.join();
    await fetch(`${url}/socket.io/?EIO=4&transport=polling`);
    const slow = visit(url);
    const closing = { type: "closing", reason: "handshake-timeout" };
    await hears(slow, closing, { type: "disconnect", reason: "io server disconnect" });
    await vi.waitFor(() => {
      expect(signaling.stats()).toMatchObject({
        connections: 1,
        refusals: { "handshake-timeout": 2 },
      });
    }, WAIT);
    expect(await seated.ask("bye")).toEqual({ type: "ok" });
    await hears(seated, closing, { type: "disconnect" });
  });

  it("rooms", async () => {
    const { url } = await open({ rooms: 1 });
    await visit(url).join("one");
    expect(await visit(url).join("two")).toMatchObject(refused("too-many-rooms"));
    expect(await visit(url).join("one")).toMatchObject({ type: "joined" });
  });

  it("seats of a socket", async () => {
    const { url } = await open({});
    const guest = visit(url);
    await guest.join();
    expect(await guest.join("other")).toMatchObject(refused("already-in-room"));
  });

  it("refusals in a row", async () => {
    const { url } = await open({ refusalsInRow: 3 });
    const guest = visit(url);
    await guest.join();
    for (let count = 0; count < 5; count += 1) {
      await Promise.all([guest.ask("what"), guest.ask("what")]);
      await guest.ask("received", { seq: 0 });
    }
    for (let count = 0; count < 3; count += 1) guest.socket.emit("what");
    const fault = { type: "fault", code: "malformed" };
    await hears(guest, fault, fault, fault, { type: "disconnect", reason: "io server disconnect" });
  });

  it("packets that wait for a client that does not read", async () => {
    const { signaling, url } = await open({ unsentPackets: 20 });
    const handshake = `${url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(handshake)).text()).slice(1));
    const post = (body: string): Promise<Response> =>
      fetch(`${handshake}&sid=${sid}`, { method: "POST", body });
    expect((await post('40{"protocol":1}')).status).toBe(200);
    await post(Array(30).fill('42["what"]').join("\x1e"));
    await vi.waitFor(() => expect(signaling.stats().connections).toBe(0), WAIT);
  });
});

describe("what is no message of the protocol is refused", () => {
  it.each([
    ["create or join", { room: "two words", instance: "instance1" }, "bad-room-name"],
    ["create or join", { room: "room", instance: "X" }, "malformed"],
    ["create or join", undefined, "malformed"],
    ["message", { seq: 1 }, "malformed"],
    ["message", [], "malformed"],
    ["received", { seq: -1 }, "malformed"],
    ["received", { seq: 1 }, "not-in-room"],
    ["bye", null, "not-in-room"],
    ["error", "boo", "malformed"],
    ["__proto__", {}, "malformed"],
    ["ready", {}, "malformed"],
  ])("%s %j: %s", async (event, payload, code) => {
    const { url } = await open({});
    expect(await visit(url).ask(event, payload)).toMatchObject(refused(code));
  });

  it("a join without an acknowledgement takes no seat", async () => {
    const { signaling, url } = await open({});
    const guest = visit(url);
    guest.socket.emit("create or join", { room: "room", instance: "instance1" });
    await hears(guest, { type: "fault", code: "malformed" });
    expect(signaling.stats().peers).toBe(0);
  });

  it("a binary frame ends the connection", async () => {
    const { signaling, url } = await open({});
    const guest = visit(url);
    guest.socket.emit("message", new Uint8Array(8));
    await hears(guest, { type: "disconnect", reason: "transport close" });
    expect(signaling.stats().refusals.malformed).toBe(1);
  });

  // socket.io hands out a packet in the next tick, when an unreadable one behind it has ended the connection: a
  // join that came so took a seat for a socket that was gone, and nobody ever gave it up.
  it("a join that arrives with the end of its connection takes no seat for good", async () => {
    const { signaling, url } = await open({ keepSeatMs: 20 });
    const socket = new WebSocket(
      `${url}/socket.io/?EIO=4&transport=websocket`.replace("http", "ws"),
    );
    await new Promise<void>((resolve) => {
      socket.addEventListener("message", ({ data }) => {
        if (String(data).startsWith("0")) socket.send('40{"protocol":1}');
        else resolve();
      });
    });
    const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
    socket.send('420["create or join",{"room":"room","instance":"instance1"}]');
    socket.send("4garbage");
    await closed;
    await vi.waitFor(() => {
      expect(signaling.stats()).toMatchObject({ connections: 0, rooms: 0, peers: 0 });
    }, WAIT);
  });

  it("a message that is refused for good uses up its number", async () => {
    const { url } = await open({});
    const guest = visit(url);
    await guest.join();
    expect(await guest.ask("message", { seq: 1, to: 4 })).toMatchObject(refused("malformed"));
    const late = {
      seq: 3,
      to: "a".repeat(16),
      instance: "instance2",
      body: { type: "app", data: "" },
    };
    expect(await guest.ask("message", late)).toMatchObject(refused("out-of-order"));
    expect(await guest.ask("message", { ...late, seq: 2 })).toMatchObject(refused("no-such-peer"));
  });
});
