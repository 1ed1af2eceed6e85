import type { Message } from "@tincan/signaling";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { TincanError } from "../error.ts";
import { RoomServer, RoomSocket } from "../testing/room-server.ts";
import { ResumeStorage } from "./resume-storage.ts";
import { SignalingConnection } from "./signaling-connection.ts";
import type { SignalingSocket, SignalingSocketHandler } from "./socket.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("with real rooms at the other end", () => {
  test("through any breaks each message arrives once, in order", () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant("post" as const), who: fc.nat(1) }),
      fc.record({ what: fc.constant("cut" as const), who: fc.nat(1) }),
      fc.record({ what: fc.constant("wait" as const), ms: fc.nat(60) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const server = new RoomServer();
        const peers = [new Client(server, "amy"), new Client(server, "bob")] as const;
        vi.advanceTimersByTime(100);
        const posted: string[][] = [[], []];
        for (const [index, move] of steps.entries()) {
          if (move.what === "wait") vi.advanceTimersByTime(move.ms);
          else if (move.what === "cut") peers[move.who === 0 ? 0 : 1].socket.cut();
          else {
            const [from, to] = move.who === 0 ? peers : [peers[1], peers[0]];
            posted[move.who]?.push(`${index}`);
            expect(from.say(to, `${index}`)).toBe(true);
          }
        }
        vi.advanceTimersByTime(5_000);
        expect([peers[1].heard, peers[0].heard]).toEqual(posted);
        for (const { connection } of peers) connection.abort({} as TincanError);
        vi.clearAllTimers();
      }),
      { numRuns: 150 },
    );
  });

  test("after a restart of the server the seat is the same, and what was not answered is handed back", () => {
    const server = new RoomServer();
    const amy = new Client(server, "amy");
    const bob = new Client(server, "bob");
    vi.advanceTimersByTime(100);
    const { seat } = amy;
    server.restart();
    amy.say(bob, "said while nobody listened");
    vi.advanceTimersByTime(5_000);
    expect(amy.seat).toBe(seat);
    expect(amy.log).toEqual(["reconnecting", "reseated: said while nobody listened", "connected"]);
    amy.say(bob, "said after");
    vi.advanceTimersByTime(100);
    expect(bob.heard).toEqual(["said after"]);
  });

  test("another page in the same seat ends this one", () => {
    const server = new RoomServer();
    const first = new Client(server, "amy");
    vi.advanceTimersByTime(100);
    new Client(server, "second", first.storage);
    vi.advanceTimersByTime(100);
    expect(first.log).toEqual(["ended: replaced"]);
  });

  test("leave frees the seat and forgets the token", async () => {
    const server = new RoomServer();
    const amy = new Client(server, "amy");
    vi.advanceTimersByTime(100);
    const left = amy.connection.leave();
    vi.advanceTimersByTime(100);
    await left;
    expect(server.rooms.seats).toBe(0);
    expect(amy.storage.token).toBeUndefined();
    expect(amy.log).toEqual(["ended: left"]);
  });
});

describe("at a locked room", () => {
  const self = { id: "b".repeat(16), name: "", instance: "i".repeat(26), here: true };
  const seat = {
    ...{ type: "joined", room: "r", capacity: 2, self, peers: [], resume: "t", received: 0 },
  };

  test("who knocks waits for as long as it takes, and again on the next connection", async () => {
    let waits = 0;
    const { connection, socket } = scripted(() => {
      waits += 1;
    });
    const opened = connection.open();
    for (let round = 1; round <= 2; round += 1) {
      socket.handler?.onConnect();
      const [asked] = socket.take("create or join");
      expect(asked?.payload).toMatchObject({ knock: true });
      asked?.answer({ type: "waiting", withinMs: 300_000 });
      expect(waits).toBe(round);
      if (round === 1) socket.handler?.onDisconnect();
    }
    vi.advanceTimersByTime(200_000);
    socket.handler?.onEvent("create or join", seat);
    await expect(opened).resolves.toMatchObject({ type: "joined" });
    // Nobody waits for another answer.
    socket.handler?.onEvent("create or join", { type: "full", room: "r", capacity: 2 });
    expect(socket.closed).toBe(false);
  });

  test("who is not let in is told", async () => {
    const { connection, socket } = scripted(() => {});
    const opened = connection.open();
    socket.handler?.onConnect();
    socket.answer("create or join", { type: "waiting", withinMs: 300_000 });
    const refused = { type: "refused", code: "not-admitted", message: "No." };
    socket.handler?.onEvent("create or join", refused);
    await expect(opened).rejects.toMatchObject({ code: "not-admitted" });
    expect(socket.closed).toBe(true);
  });

  test("who knocks is heard of, and what a host says is answered", async () => {
    const { connection, socket } = seated();
    const heard: unknown[] = [];
    connection.start();
    connection.on("event", (event) => heard.push(event));
    const knocks = [{ id: "aaaaaaaa", name: "Eve" }];
    socket.handler?.onEvent("knocks", { knocks });
    socket.handler?.onEvent("knocks", { knocks: "all" });
    expect(heard).toEqual([{ type: "knocks", knocks }]);
    const lock = connection.command({ type: "lock", locked: true });
    expect(
      socket.take("lock").map(({ payload, answer }) => [payload, answer({ type: "ok" })]),
    ).toEqual([[{ locked: true }, undefined]]);
    await lock;
    const admit = connection.command({ type: "admit", knock: "aaaaaaaa", allow: true });
    socket.answer("admit", { type: "refused", code: "no-such-knock", message: "Gone." });
    await expect(admit).rejects.toMatchObject({ code: "no-such-knock" });
    const remove = connection.command({ type: "remove", peer: PEER });
    vi.advanceTimersByTime(10_000);
    await expect(remove).rejects.toMatchObject({ code: "unreachable" });
  });

  test("who was removed ends, and its token is forgotten", () => {
    const { connection, socket, storage } = seated();
    const ends: string[] = [];
    connection.on("ended", ({ reason }) => ends.push(reason));
    expect(storage.token).toBe("t");
    socket.handler?.onEvent("closing", { reason: "removed" });
    expect([ends, storage.token, socket.closed]).toEqual([["removed"], undefined, true]);
  });
});

describe("with a scripted server", () => {
  test.each([
    [{ type: "full", room: "r", capacity: 2 }, "full"],
    [{ type: "refused", code: "bad-room-name", message: "No." }, "bad-room-name"],
    [{ type: "nonsense" }, "protocol"],
    [undefined, "unreachable"],
  ])("an answer of %o to the first join rejects", async (answer, code) => {
    const { connection, socket } = scripted();
    const opened = connection.open();
    socket.handler?.onConnect();
    socket.answer("create or join", answer);
    await expect(opened).rejects.toMatchObject({ code });
    expect(socket.closed).toBe(true);
  });

  test("a refused connection rejects with the server's code, a failed one with unreachable", async () => {
    const refused = scripted();
    const first = refused.connection.open();
    const data = { code: "origin-refused", message: "Not from there." };
    refused.socket.handler?.onConnectError(new Error("x"), data);
    await expect(first).rejects.toMatchObject({ code: "origin-refused" });

    const failed = scripted();
    const second = failed.connection.open();
    failed.socket.handler?.onConnectError(new Error("no route"), undefined);
    await expect(second).rejects.toMatchObject({
      code: "unreachable",
      cause: expect.objectContaining({ message: "no route" }),
    });
  });

  test("who is sent too fast waits as told and goes on with the same numbers", () => {
    const { connection, socket } = seated();
    for (const data of ["a", "b"]) {
      connection.post({ to: PEER, instance: INSTANCE, body: { type: "app", data } });
    }
    const [first, second] = socket.take("message");
    const refusal = { type: "refused", code: "rate-limited", message: "Slow.", retryAfterMs: 700 };
    first?.answer(refusal);
    second?.answer({ type: "refused", code: "out-of-order", message: "Gap." });
    vi.advanceTimersByTime(699);
    expect(socket.take("message")).toEqual([]);
    vi.advanceTimersByTime(1);
    const again = socket.take("message").map(({ payload }) => payload as Message);
    expect(again.map(({ seq, body }) => [seq, body])).toEqual([
      [1, { type: "app", data: "a" }],
      [2, { type: "app", data: "b" }],
    ]);
  });

  test("a message that is not answered ends the connection", () => {
    const { connection, socket } = seated();
    connection.post({ to: PEER, instance: INSTANCE, body: { type: "app", data: "a" } });
    socket.answer("message", undefined);
    expect(socket.reconnects).toBe(1);
  });

  test("what is refused for good is told to whoever sent it", () => {
    const { connection, socket } = seated();
    const told = vi.fn();
    connection.on("undelivered", told);
    connection.post(LETTER);
    socket.answer("message", { type: "refused", code: "no-such-peer", message: "" });
    expect(told.mock.calls).toEqual([[LETTER]]);
  });

  test("no more than a window is under way, and no more than the bound is kept", () => {
    const { connection, socket } = seated();
    let kept = 0;
    while (connection.post(LETTER)) kept += 1;
    expect(kept).toBe(256);
    expect(socket.take("message")).toHaveLength(32);
  });

  test("what comes twice is dropped, a gap ends the connection, nonsense is a fault", () => {
    const { connection, socket } = seated();
    connection.start();
    const events: string[] = [];
    connection.on("event", ({ type }) => events.push(type));
    connection.on("fault", ({ code }) => events.push(code));
    const receive = (payload: object) => socket.handler?.onEvent("peer-reconnecting", payload);
    receive({ seq: 1, peer: PEER });
    receive({ seq: 1, peer: PEER });
    receive({ seq: 2, peer: 5 });
    expect(events).toEqual(["peer-reconnecting", "protocol"]);
    receive({ seq: 4, peer: PEER });
    expect(socket.reconnects).toBe(1);
    expect(events).toHaveLength(2);
  });

  test("a page that goes says goodbye by a beacon, with its last token", async () => {
    const { connection, socket, storage } = seated();
    await connection.leave({ unloading: true });
    expect(socket.beacons).toEqual([{ room: "r", resume: "t" }]);
    expect(socket.take("bye")).toEqual([]);
    expect([socket.closed, storage.token]).toEqual([true, undefined]);
  });

  test("what cannot send a beacon, or stays, says goodbye over its socket", async () => {
    for (const unloading of [true, false]) {
      const { connection, socket } = seated();
      socket.canBeacon = !unloading;
      const left = connection.leave({ unloading });
      socket.answer("bye", { type: "ok" });
      await left;
      expect([socket.beacons, socket.closed]).toEqual([[], true]);
    }
  });

  test("what was received is acknowledged after 16 messages, or half a second", () => {
    const { socket } = seated();
    for (let seq = 1; seq <= 17; seq += 1) {
      socket.handler?.onEvent("peer-reconnecting", { seq, peer: PEER });
    }
    expect(socket.emitted).toEqual([{ seq: 0 }, { seq: 16 }]);
    vi.advanceTimersByTime(500);
    expect(socket.emitted).toEqual([{ seq: 0 }, { seq: 16 }, { seq: 17 }]);
  });
});

const PEER = "a".repeat(16);
const INSTANCE = "i".repeat(26);
const LETTER = { to: PEER, instance: INSTANCE, body: { type: "app", data: "a" } } as const;

function scripted(onWaiting?: () => void) {
  const socket = new ScriptedSocket();
  const storage = new ResumeStorage(undefined, new URL("https://x"), "r");
  const connection = new SignalingConnection({
    socket,
    storage,
    room: "r",
    name: undefined,
    instance: INSTANCE,
    onWaiting,
  });
  return { connection, socket, storage };
}

function seated() {
  const { connection, socket, storage } = scripted();
  void connection.open();
  socket.handler?.onConnect();
  const self = { id: "b".repeat(16), name: "", instance: INSTANCE, here: true };
  socket.answer("create or join", {
    ...{ type: "created", room: "r", capacity: 2, self, peers: [], resume: "t", received: 0 },
  });
  return { connection, socket, storage };
}

interface Asked {
  readonly event: string;
  readonly payload: unknown;
  answer(value: unknown): void;
}

class ScriptedSocket implements SignalingSocket {
  readonly connected = true;
  readonly emitted: unknown[] = [];
  readonly beacons: unknown[] = [];
  canBeacon = true;
  handler: SignalingSocketHandler | undefined;
  closed = false;
  reconnects = 0;
  #asked: Asked[] = [];

  connect(handler: SignalingSocketHandler): void {
    this.handler = handler;
  }

  reconnect(): void {
    this.reconnects += 1;
  }

  close(): void {
    this.closed = true;
  }

  beacon(goodbye: unknown): boolean {
    if (this.canBeacon) this.beacons.push(goodbye);
    return this.canBeacon;
  }

  emit(_event: string, payload: unknown): void {
    this.emitted.push(payload);
  }

  request(event: string, payload: unknown, _ms: number, answer: (value: unknown) => void): void {
    this.#asked.push({ event, payload, answer });
  }

  take(event: string): Asked[] {
    const taken = this.#asked.filter((asked) => asked.event === event);
    this.#asked = this.#asked.filter((asked) => asked.event !== event);
    return taken;
  }

  answer(event: string, value: unknown): void {
    for (const asked of this.take(event)) asked.answer(value);
  }
}

class Client {
  readonly socket: RoomSocket;
  readonly storage: ResumeStorage;
  readonly connection: SignalingConnection;
  readonly instance: string;
  readonly heard: string[] = [];
  readonly log: string[] = [];

  constructor(server: RoomServer, name: string, storage?: ResumeStorage) {
    this.socket = new RoomSocket(server);
    this.storage = storage ?? new ResumeStorage(undefined, new URL("https://x"), "room");
    this.instance = `${name}instance`;
    const { socket, instance } = this;
    this.connection = new SignalingConnection({
      socket,
      storage: this.storage,
      room: "room",
      name,
      instance,
    });
    this.connection.on("event", (event) => {
      if (event.type === "message" && event.body.type === "app") this.heard.push(event.body.data);
    });
    this.connection.on("state", (state) => this.log.push(state));
    this.connection.on("ended", ({ reason }) => this.log.push(`ended: ${reason}`));
    this.connection.on("reseated", ({ unsent }) => {
      const data = unsent.map(({ body }) => (body.type === "app" ? body.data : body.type));
      this.log.push(`reseated: ${data.join()}`);
    });
    void this.connection.open();
    this.connection.start();
  }

  say(to: Client, data: string): boolean {
    return this.connection.post({
      to: to.seat,
      instance: to.instance,
      body: { type: "app", data },
    });
  }

  /** Our peer id, which the resume token names. */
  get seat(): string {
    return this.storage.token?.split(".")[1] ?? "";
  }
}
