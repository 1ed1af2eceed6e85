import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Answer, JoinAnswer, REFUSALS } from "@tincan/signaling";
import { io, type Socket } from "socket.io-client";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SignalingRig } from "../testing/signaling-rig.ts";
import type { SignalingServer } from "./signaling-server.ts";

const MESSAGES = 100_000;
const SOCKETS = 8;
/** Sent between two answers that a socket waits for. */
const BATCH = 50;
const SEED = 20_261_123;

const rig = new SignalingRig();
let signaling: SignalingServer;
let address = "";
let port = 0;

beforeAll(async () => {
  // What the limits turn away never gets further in; here everything is to get in.
  const house = await rig.open({
    limits: {
      messagesPerSecond: 1e6,
      messageBurst: 1e6,
      joinsPerSecond: 1e6,
      joinBurst: 1e6,
      passwordsPerSecond: 1e6,
      passwordBurst: 1e6,
      knocksPerSecond: 1e6,
      knockBurst: 1e6,
      waitingPerAddress: 1e6,
      hostMessagesPerSecond: 1e6,
      hostMessageBurst: 1e6,
      refusalsInRow: 1e6,
      keepSeatMs: 300,
      handshakeMs: 60_000,
      rooms: 3,
    },
  });
  ({ signaling } = house);
  ({ host: address } = new URL(house.url));
  port = Number(new URL(house.url).port);
});

afterAll(() => rig.end());

describe(`hostile input (seed ${SEED})`, () => {
  it(`${MESSAGES} random and mutated messages: no crash, no growth, typed errors, and a pair that goes on talking`, {
    timeout: 120_000,
  }, async () => {
    // Doors that are there all the time: what random hosts close is open again before anybody knocks.
    const pair = await Pair.open("pair");
    await pair.setPassword(VERIFIERS[0] as string);
    const keeper = io(`ws://${address}`, CLIENT);
    await keeper.emitWithAck("create or join", { room: "c", instance: "wellbehaved2" });
    await keeper.emitWithAck("lock", { locked: true });
    await Promise.all(attackers(MESSAGES / 20));
    await settled();
    const before = heapUsed();
    const results = await Promise.all([...attackers(MESSAGES), pair.talk()]);
    await settled();
    expect(heapUsed() - before).toBeLessThan(4_000_000);
    expect(signaling.stats()).toMatchObject({ ...WELL_BEHAVED, addresses: 1 });

    const sent = results.reduce((sum, result) => sum + (result?.sent ?? 0), 0);
    const answered = results.reduce((sum, result) => sum + (result?.answered ?? 0), 0);
    expect(sent).toBeGreaterThanOrEqual(MESSAGES);
    expect(answered).toBeGreaterThan(MESSAGES / 5);
    const { refusals } = signaling.stats();
    for (const code of REACHABLE) expect([code, refusals[code]]).not.toEqual([code, 0]);
    await pair.talk();
    pair.close();
    keeper.disconnect();
  });

  it("garbage below the messages: frames, HTTP requests, bytes", { timeout: 30_000 }, async () => {
    const pair = await Pair.open("other-pair");
    const random = generator(SEED);
    for (let round = 0; round < 30; round += 1) {
      await Promise.all([
        ...Array.from({ length: 4 }, () => garbageFrames(random)),
        ...Array.from({ length: 4 }, () => garbageRequest(random)),
        ...Array.from({ length: 4 }, () => garbageBytes(random)),
      ]);
    }
    await pair.talk();
    pair.close();
  });
});

const CLIENT = { auth: { protocol: 1 }, forceNew: true, transports: ["websocket"] };

/** The pair, and the keeper of the locked room. */
const WELL_BEHAVED = { rooms: 2, peers: 3, connections: 3 };

/** The refusals that unlimited rates leave over. */
const REACHABLE = [
  "malformed",
  "too-large",
  "too-many-rooms",
  "already-in-room",
  "not-in-room",
  "no-such-peer",
  "out-of-order",
  "bad-room-name",
  "full",
  "locked",
  "password-needed",
  "wrong-password",
  "not-host",
  "no-such-knock",
] as const;

type Random = (below: number) => number;

/** A seeded generator (mulberry32). */
function generator(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random(items.length)] as Item;
}

function attackers(messages: number): Promise<{ sent: number; answered: number }>[] {
  return Array.from({ length: SOCKETS }, (_, index) =>
    attack(generator(SEED + index), messages / SOCKETS),
  );
}

/** Sends messages over one socket, and over the next one where the server closes it. */
async function attack(
  random: Random,
  messages: number,
): Promise<{ sent: number; answered: number }> {
  let sent = 0;
  let answered = 0;
  while (sent < messages) {
    const socket = await greet();
    let isOpen = true;
    let release = (): void => {};
    socket.addEventListener("close", () => {
      isOpen = false;
      release();
    });
    socket.addEventListener("message", ({ data }) => {
      const text = String(data);
      if (text === "2") socket.send("3");
      else if (text.startsWith("43")) {
        const [answer] = JSON.parse(text.slice(text.indexOf("["))) as unknown[];
        expect(v.is(v.union([Answer, JoinAnswer]), answer)).toBe(true);
        answered += 1;
        if (text.startsWith("430[")) release();
      } else if (text.startsWith('42["fault"')) {
        const [, fault] = JSON.parse(text.slice(2)) as [string, { code: string; message: string }];
        expect(REFUSALS).toContain(fault.code);
      }
    });
    while (isOpen && sent < messages) {
      for (let count = 0; count < BATCH; count += 1) socket.send(hostileFrame(random));
      sent += BATCH;
      const answer = new Promise<void>((resolve) => {
        release = resolve;
      });
      socket.send('420["bye"]');
      if (isOpen) await answer;
    }
    const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
    socket.close();
    if (isOpen) await closed;
  }
  return { sent, answered };
}

/** A bare WebSocket that engine.io and socket.io have let in. */
async function greet(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${address}/socket.io/?EIO=4&transport=websocket`);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("error", reject, { once: true });
    socket.addEventListener("message", function hear({ data }) {
      if (String(data).startsWith("0")) socket.send('40{"protocol":1}');
      if (!String(data).startsWith("40")) return;
      socket.removeEventListener("message", hear);
      resolve();
    });
  });
  return socket;
}

function hostileFrame(random: Random): string {
  const id = pick(random, ["", "7", "7", "7"]);
  const event = pick(random, EVENTS);
  const payload = mutate(random, template(random, event));
  const packet = [pick(random, [event, event, event, "what"]), payload];
  const depth = random(20) === 0 ? 30_000 : 20;
  const frame = `42${id}${JSON.stringify(packet).replace(`"${DEEP}"`, nested(depth))}`;
  const kind = random(400);
  // A frame that socket.io cannot read costs a connection, so these are few.
  if (kind === 0) return scramble(random, frame);
  if (kind === 1) return text(random, 40);
  return frame;
}

const HOST_EVENTS = ["lock", "password", "admit", "remove", "ask"];
const EVENTS = [
  ...["create or join", "create or join", "message", "message", "received", "bye"],
  ...HOST_EVENTS,
];
const VERIFIERS = ["v".repeat(43), "w".repeat(43)];
const ROOMS = ["pair", "a", "b", "c", "Ünï-🎉", "two words", ""];
const PEERS = ["a".repeat(16), "abcdefghijklmnop", "x"];

function template(random: Random, event: string): Record<string, unknown> {
  const instance = pick(random, ["instance1", "instance2", "x"]);
  if (event === "create or join") {
    const room = random(4) === 0 ? `r${random(40)}` : pick(random, ROOMS);
    const request = { room, name: text(random, 8), instance, received: random(5) };
    const knock = random(2) === 0;
    return random(3) > 0
      ? { ...request, knock }
      : { ...request, password: pick(random, VERIFIERS) };
  }
  if (HOST_EVENTS.includes(event)) {
    const verifier = pick(random, [...VERIFIERS, null]);
    const what = pick(random, ["mute-audio", "mute-video"]);
    const peer = pick(random, PEERS);
    return { locked: random(2) === 0, verifier, knock: "a".repeat(8), allow: true, peer, what };
  }
  const bodies = [
    { type: "offer", sdp: "v=0" },
    { type: "candidate", candidate: { candidate: "", sdpMid: null, sdpMLineIndex: 0 } },
    { type: "media", streams: [{ id: "s", source: "camera", audio: "on", video: "none" }] },
    { type: "app", data: text(random, 20) },
  ];
  return { seq: random(4), to: pick(random, PEERS), instance, body: pick(random, bodies) };
}

/** Replaces, removes or adds something somewhere in a value; leaves it as it is one time in three. */
function mutate(random: Random, value: unknown): unknown {
  if (random(3) === 0) return value;
  if (typeof value !== "object" || value === null) return junk(random);
  const copy = structuredClone(value) as Record<string, unknown>;
  const keys = Object.keys(copy);
  const key = pick(random, [...keys, "extra", "__proto__", "constructor"]);
  const kind = random(6);
  if (kind === 0) return junk(random);
  if (kind === 1) delete copy[key];
  else if (kind < 4) copy[key] = mutate(random, copy[key]);
  else Object.defineProperty(copy, key, { value: junk(random), enumerable: true });
  return copy;
}

function junk(random: Random): unknown {
  return pick<() => unknown>(random, [
    () => null,
    () => -1,
    () => 1e308,
    () => 2 ** 53,
    () => true,
    () => [],
    () => ({}),
    () => ({ toString: 1, length: -1, _placeholder: true, num: 0 }),
    () => text(random, 100),
    () => (random(50) === 0 ? "x".repeat(70_000) : "x".repeat(300)),
    () => DEEP,
    () => Array.from({ length: 40 }, () => random(9)),
  ])();
}

/** Stands for arrays in arrays, deeper than a recursion gets; put in as text, for JSON.stringify recurses. */
const DEEP = "(deep)";

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

function text(random: Random, length: number): string {
  return String.fromCodePoint(
    ...Array.from({ length: random(length) }, () =>
      random(4) === 0 ? random(0xd800) : 0x20 + random(0x60),
    ),
  );
}

function scramble(random: Random, frame: string): string {
  const at = random(frame.length);
  return frame.slice(0, at) + text(random, 4) + frame.slice(at + random(3));
}

async function garbageFrames(random: Random): Promise<void> {
  const socket = new WebSocket(`ws://${address}/socket.io/?EIO=4&transport=websocket`);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
  if (random(2) === 0) socket.send("40");
  for (let count = 0; count < 5; count += 1) {
    const packets = [
      text(random, 50),
      "40/other,{}",
      '40{"protocol":1}',
      `45${random(20)}-["message",{"_placeholder":true,"num":${random(9)}}]`,
      "41",
      "44{}",
      "6",
      "1",
      Uint8Array.from({ length: random(50) }, () => random(256)),
    ];
    socket.send(pick(random, packets));
  }
  socket.close();
  await closed;
}

async function garbageRequest(random: Random): Promise<void> {
  const parameters = new URLSearchParams({
    EIO: pick(random, ["4", "3", "x"]),
    transport: pick(random, ["polling", "websocket", "webtransport", "constructor"]),
    [pick(random, ["sid", "b64", "__proto__"])]: text(random, 20),
  });
  const method = pick(random, ["GET", "POST", "PUT", "OPTIONS"]);
  const body = method === "POST" || method === "PUT" ? text(random, 500) : null;
  const answer = await fetch(`http://${address}/socket.io/?${parameters}`, { method, body });
  await answer.arrayBuffer();
  expect(answer.status).toBeLessThan(500);
}

async function garbageBytes(random: Random): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  socket.resume();
  const upgrade = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n";
  const websocket = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";
  const key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
  socket.write(pick(random, ["", upgrade, `${upgrade}${websocket}${key}`]));
  socket.end(Uint8Array.from({ length: random(400) }, () => random(256)));
  await closed;
}

/** Two that follow the protocol, and check every message that they hear of each other. */
class Pair {
  readonly #sockets: readonly [Socket, Socket];
  readonly #members: readonly [Member, Member];
  #sent = 0;

  constructor(sockets: readonly [Socket, Socket], members: readonly [Member, Member]) {
    this.#sockets = sockets;
    this.#members = members;
  }

  static async open(room: string): Promise<Pair> {
    const sockets = [io(`ws://${address}`, CLIENT), io(`ws://${address}`, CLIENT)] as const;
    const members: Member[] = [];
    for (const [index, socket] of sockets.entries()) {
      const request = { room, instance: `wellbehaved${index}` };
      members.push(((await socket.emitWithAck("create or join", request)) as Joined).self);
    }
    return new Pair(sockets, members as [Member, Member]);
  }

  /** Two hundred messages from the first to the second, none lost, none doubled, none of anybody else. */
  async talk(): Promise<undefined> {
    const [amy, bob] = this.#sockets;
    const [from, to] = this.#members;
    const heard: unknown[] = [];
    bob.on("message", (event) => heard.push([event.from, event.body.data]));
    const expected: unknown[] = [];
    for (let count = 0; count < 200; count += 1) {
      this.#sent += 1;
      const body = { type: "app", data: `${this.#sent}` };
      const message = { seq: this.#sent, to: to.id, instance: to.instance, body };
      expect(await amy.emitWithAck("message", message)).toEqual({ type: "ok" });
      bob.emit("received", { seq: this.#sent });
      expected.push([from.id, body.data]);
    }
    await vi.waitFor(() => expect(heard).toEqual(expected), { interval: 5 });
    bob.off("message");
    return undefined;
  }

  setPassword(verifier: string): Promise<unknown> {
    return this.#sockets[0].emitWithAck("password", { verifier });
  }

  close(): void {
    for (const socket of this.#sockets) socket.emit("bye");
    for (const socket of this.#sockets) socket.disconnect();
  }
}

interface Member {
  readonly id: string;
  readonly instance: string;
}

interface Joined {
  readonly self: Member;
}

/** All attackers are gone, and so are the seats that were kept for them. */
async function settled(): Promise<void> {
  await vi.waitFor(() => expect(signaling.stats()).toMatchObject(WELL_BEHAVED), {
    timeout: 5000,
    interval: 20,
  });
}

function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let round = 0; round < 3; round += 1) collect();
  return process.memoryUsage().heapUsed;
}
