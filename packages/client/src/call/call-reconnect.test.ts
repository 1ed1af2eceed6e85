import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ResumeStorage } from "../signaling/resume-storage.ts";
import { SignalingConnection } from "../signaling/signaling-connection.ts";
import { FakePath, type FakePeerConnection } from "../testing/fake-peer-connection.ts";
import { RoomServer, RoomSocket } from "../testing/room-server.ts";
import { CallSession } from "./call-session.ts";

/** From the last thing that went wrong to pictures at both ends. */
const BOUND_MS = 30_000;

const errors: unknown[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("reportError", (error: unknown) => errors.push(error));
  errors.length = 0;
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const who = fc.nat(1);
/** A seat is kept for 30 s. */
const absenceMs = fc.oneof(fc.nat(100), fc.nat(12_000), fc.nat(40_000));
const then = { waitMs: fc.oneof(fc.nat(100), fc.nat(12_000)) };
const trouble = fc.oneof(
  fc.record({ what: fc.constant("server dies" as const), downMs: absenceMs, ...then }),
  fc.record({ what: fc.constant("connection closed" as const), who, ...then }),
  fc.record({ what: fc.constant("socket dropped" as const), who, offMs: absenceMs, ...then }),
  fc.record({ what: fc.constant("channel opened" as const), who, ...then }),
  fc.record({ what: fc.constant("page reloaded" as const), who, silently: fc.boolean(), ...then }),
);

// Everything that is by chance (who is polite, how long is waited, what is called how) comes from the seed
// that fast-check names with a failure: `{ seed, path }` beside `numRuns` plays it again.
test("whatever breaks, both are connected to each other again, over one connection", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(trouble, { minLength: 1, maxLength: 6 }),
      fc.integer(),
      async (troubles, seed) => {
        const world = new World(seed);
        await vi.advanceTimersByTimeAsync(5_000);
        expect(world.isWell, `before anything happened: ${world.state}`).toBe(true);
        let wellFrom = 0;
        for (const trouble of troubles) {
          wellFrom = Math.max(wellFrom, world.meet(trouble));
          await vi.advanceTimersByTimeAsync(trouble.waitMs);
        }
        await vi.advanceTimersByTimeAsync(Math.max(0, wellFrom - Date.now()));
        const since = Date.now();
        while (!world.isWell && Date.now() - since < BOUND_MS) {
          await vi.advanceTimersByTimeAsync(250);
        }
        expect(world.isWell, world.state).toBe(true);
        // And it stays so.
        await vi.advanceTimersByTimeAsync(BOUND_MS);
        expect(world.isWell, world.state).toBe(true);
        expect(errors).toEqual([]);
        for (const page of world.pages) page.unload(true);
        vi.clearAllTimers();
      },
    ),
    { numRuns: 100 },
  );
});

type Trouble = typeof trouble extends fc.Arbitrary<infer Some> ? Some : never;

class World {
  readonly server: RoomServer;
  readonly path = new FakePath();
  readonly pages: readonly [Page, Page];

  constructor(seed: number) {
    const random = chance(seed);
    vi.spyOn(Math, "random").mockImplementation(random);
    this.server = new RoomServer((length) => Uint8Array.from({ length }, () => random() * 256));
    this.pages = [new Page(this, "amy"), new Page(this, "bob")];
  }

  /** Lets something happen, and answers until when it lasts. */
  meet(trouble: Trouble): number {
    if (trouble.what === "server dies") {
      this.server.restart(trouble.downMs);
      return Date.now() + trouble.downMs;
    }
    const page = this.pages[trouble.who === 0 ? 0 : 1];
    if (trouble.what === "connection closed") page.connection?.close();
    else if (trouble.what === "channel opened") page.open();
    else if (trouble.what === "page reloaded") page.reload(trouble.silently);
    else {
      page.socket.cut(trouble.offMs);
      return Date.now() + trouble.offMs;
    }
    return Date.now();
  }

  get isWell(): boolean {
    const [amy, bob] = this.pages.map(({ connection }) => connection);
    return (
      this.pages.every(({ isConnected }) => isConnected) &&
      amy?.partner === bob &&
      this.path.open.length === 2
    );
  }

  get state(): string {
    const ends = this.pages.map(({ name, call }) => {
      const peers = Array.from(call?.peers.values() ?? [], ({ connection }) => connection);
      return `${name} ${call?.state ?? "has no call"}, peers: ${peers.join()}`;
    });
    return `${ends.join("; ")}; ${this.path.open.length} open connections`;
  }
}

/** One window: what it keeps in its session storage is there after a reload, nothing else is. */
class Page {
  readonly name: string;
  readonly #world: World;
  readonly #kept = new Map<string, string>();
  socket!: RoomSocket;
  call: CallSession | undefined;
  #loads = 0;
  #channels = 0;

  constructor(world: World, name: string) {
    this.name = name;
    this.#world = world;
    this.#load();
  }

  get isConnected(): boolean {
    const peers = [...(this.call?.peers.values() ?? [])];
    return (
      this.call?.state === "connected" && peers.length === 1 && peers[0]?.connection === "connected"
    );
  }

  get connection(): FakePeerConnection | undefined {
    const [peer] = this.call?.peers.values() ?? [];
    return peer?.pc as unknown as FakePeerConnection | undefined;
  }

  reload(silently: boolean): void {
    this.unload(silently);
    this.#load();
  }

  /** No trouble, but it asks something of connections that may be closed. */
  open(): void {
    this.#channels += 1;
    this.call?.channel({ label: "x", id: 40 + this.#channels });
  }

  /** Nothing that ran in the page runs any more, and nobody is told good-bye. */
  unload(silently: boolean): void {
    this.#loads += 1;
    this.socket.close();
    this.connection?.close(silently);
    void this.call?.leave();
    this.call = undefined;
  }

  #load(): void {
    this.socket = new RoomSocket(this.#world.server);
    const load = this.#loads;
    const isLoaded = () => load === this.#loads;
    const storage = {
      getItem: (key: string) => this.#kept.get(key) ?? null,
      setItem: (key: string, value: string) => {
        if (isLoaded()) this.#kept.set(key, value);
      },
      removeItem: (key: string) => {
        if (isLoaded()) this.#kept.delete(key);
      },
    };
    const signaling = new SignalingConnection({
      socket: this.socket,
      storage: new ResumeStorage(storage, new URL("https://x"), "room"),
      room: "room",
      name: this.name,
      instance: `${this.name}instance${load}`,
    });
    signaling.open().then(
      (seated) => {
        if (!isLoaded()) return;
        this.call = new CallSession({
          ...{ signaling, seated, password: undefined, rtc: {}, codecs: {}, reports: false },
          createConnection: () =>
            this.#world.path.connection(this.name) as unknown as RTCPeerConnection,
        });
        signaling.start();
      },
      // Whoever is in front of it tries again.
      () => setTimeout(() => isLoaded() && this.#load(), 1_000),
    );
  }
}

/** mulberry32: numbers from 0 to 1 out of a seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
