import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Peer } from "../peer/peer.ts";
import { FakeNetwork } from "../testing/fake-network.ts";
import {
  DATA,
  expectEqual,
  meeting,
  restoreTime,
  send,
  source,
  stopTime,
  turn,
} from "../testing/files-lab.ts";
import type { FileSource } from "./file-source.ts";
import { Files, type Guard } from "./files.ts";
import { decodeFrame } from "./frame.ts";
import { BLOCK_BYTES, WINDOW_BYTES } from "./limits.ts";
import { MemoryFiles } from "./sinks/memory.ts";
import type { IncomingTransfer } from "./transfer.ts";
import { hashBlocks } from "./tree-hash.ts";

beforeEach(stopTime);

afterEach(restoreTime);

/** For properties, on a machine that has much else to do. */
const BUSY_MS = 30_000;

describe("a transfer", () => {
  test("brings many files, in their folders, as they were", async () => {
    const lab = await meeting();
    const sources = [
      source("photos/one.jpg", 3 * BLOCK_BYTES + 5),
      source("photos/two.jpg", 0),
      source("notes.txt", 12),
      source("exact.bin", BLOCK_BYTES),
    ];
    const { out, into, memory } = await send(lab, sources);
    const states: string[] = [];
    out.on("state", (state) => states.push(state));
    expect(into.files.map(({ path, size }) => [path, size])).toEqual(
      sources.map(({ path, size }) => [path, size]),
    );
    into.accept(memory.open);
    await lab.run([out, into]);
    expect([out.end, into.end]).toEqual([{ reason: "done" }, { reason: "done" }]);
    expect(states).toEqual(["running", "ended"]);
    await expectEqual(memory, sources);
    expect(out.transferred).toBe(out.size);
    expect(lab.files.map(({ transfers }) => transfers)).toEqual([[], []]);
  });

  test("goes on with what a program before has kept, and sends none of that again", async () => {
    const lab = await meeting();
    const sources = [source("one", 5), source("two", 3 * BLOCK_BYTES + 5)];
    const { out, into, memory } = await send(lab, sources);
    const tree = await hashBlocks(sources[1] as FileSource, 2);
    into.accept(memory.open, { file: 1, blocks: 2, tree });
    expect(into.transferred).toBe(5 + 2 * BLOCK_BYTES);
    await lab.run([out, into]);
    expect([out.end, into.end]).toEqual([{ reason: "done" }, { reason: "done" }]);
    expect([memory.blob(0), memory.blob(1)?.size]).toEqual([undefined, BLOCK_BYTES + 5]);
  });

  test("does not go on with what is not of this file", async () => {
    const lab = await meeting();
    const { out, into, memory } = await send(lab, [source("two", 3 * BLOCK_BYTES)]);
    const tree = await hashBlocks(source("other", 3 * BLOCK_BYTES), 3);
    into.accept(memory.open, { file: 0, blocks: 2, tree });
    await lab.run([out, into]);
    expect([out.end?.reason, into.end?.reason]).toEqual(["hash", "peer-failed"]);
  });

  test("comes from nobody whom the guard does not trust, and goes to nobody else", async () => {
    const network = new FakeNetwork();
    const [amy, bob] = [network.join("amy"), network.join("bob")];
    const trusted = new Set<string>();
    let trust = (_peer: Peer): void => {};
    const guard: Guard = {
      trusts: (id) => trusted.has(id),
      on: (_event, listener) => {
        trust = listener;
        return () => {};
      },
    };
    const guarded = new Files(amy.call, { guard });
    const open = new Files(bob.call);
    const offers: string[] = [];
    guarded.on("offer", ({ files }) => offers.push(files[0]?.path ?? ""));
    open.send(amy.self.id, [source("early", 5)]);
    for (let n = 0; n < 10; n += 1) await turn(network, () => 0);
    expect([offers, open.reaches(amy.self.id)]).toEqual([[], false]);
    trusted.add(bob.self.id);
    trust(amy.peers.get(bob.self.id) as Peer);
    for (let n = 0; n < 10; n += 1) await turn(network, () => 0);
    expect([offers, open.reaches(amy.self.id)]).toEqual([["early"], true]);
  });

  test("runs in both directions and several at once, and they take turns", async () => {
    const lab = await meeting();
    const size = 6 * BLOCK_BYTES;
    const one = await send(lab, [source("one", size)]);
    const two = await send(lab, [source("two", size)]);
    const back = await send(lab, [source("back", size)], 1);
    for (const { into, memory } of [one, two, back]) into.accept(memory.open);
    let most = 0;
    await lab.run([one.out, two.out, back.out], () => {
      most = Math.max(most, Math.abs(one.out.transferred - two.out.transferred));
    });
    for (const { out } of [one, two, back]) expect(out.end).toEqual({ reason: "done" });
    expect(most).toBeLessThanOrEqual(4 * BLOCK_BYTES);
    await expectEqual(one.memory, [source("one", size)]);
    await expectEqual(back.memory, [source("back", size)]);
  });

  test("goes nowhere before it is accepted, and nowhere when it is declined", async () => {
    const lab = await meeting();
    const { out, into } = await send(lab, [source("a", 10)]);
    expect(out.state).toBe("offered");
    into.decline();
    await lab.run([out]);
    expect([out.end, into.end]).toEqual([{ reason: "declined" }, { reason: "declined" }]);
  });

  test("pauses at either side and goes on when both have resumed", async () => {
    const lab = await meeting();
    const { out, into, memory } = await send(lab, [source("a", 40 * BLOCK_BYTES)]);
    into.accept(memory.open);
    await lab.until(() => out.transferred > 0);
    into.pause();
    out.pause();
    await lab.turns(60);
    const at = out.transferred;
    expect([out.state, into.state]).toEqual(["paused", "paused"]);
    out.resume();
    await lab.turns(60);
    expect(out.state).toBe("paused");
    expect(out.transferred).toBe(at);
    expect(at).toBeLessThan(out.size);
    into.resume();
    await lab.run([out]);
    expect(out.end).toEqual({ reason: "done" });
  });

  test.each([0, 1])(
    "is cancelled from side %i, and what is half written is thrown away",
    async (side) => {
      const lab = await meeting();
      const { out, into } = await send(lab, [source("a", 8 * BLOCK_BYTES)]);
      const aborted = vi.fn(async () => {});
      into.accept(async () => ({ write: async () => {}, close: async () => {}, abort: aborted }));
      await lab.until(() => out.transferred > 0);
      [out, into][side]?.cancel();
      await lab.run([out, into]);
      const ends = [{ reason: "cancelled" }, { reason: "peer-cancelled" }];
      expect([out.end, into.end]).toEqual(side === 0 ? ends : ends.reverse());
      await lab.turns(5);
      expect(aborted).toHaveBeenCalledOnce();
    },
  );

  test("is resumed from the last verified block: nothing verified is sent twice", async () => {
    const lab = await meeting();
    const sources = [source("a", 20 * BLOCK_BYTES)];
    const { out, into, memory } = await send(lab, sources);
    const blocks: number[] = [];
    lab.network.tamper = (data, _from, id) => {
      const frame = id === DATA ? decodeFrame(data as Uint8Array) : undefined;
      if (frame?.kind === "seal") blocks.push(frame.block);
      return data;
    };
    into.accept(memory.open);
    await lab.until(() => out.transferred > 0);
    lab.network.cut(lab.calls[0], lab.calls[1]);
    expect([out.state, into.state]).toEqual(["waiting", "waiting"]);
    await lab.turns(20);
    const verified = into.transferred / BLOCK_BYTES;
    expect(verified).toBeGreaterThan(0);
    lab.network.mend(lab.calls[0], lab.calls[1]);
    await lab.run([out, into]);
    expect(into.end).toEqual({ reason: "done" });
    await expectEqual(memory, sources);
    for (const block of Array(verified).keys()) {
      expect(blocks.filter((other) => other === block)).toHaveLength(1);
    }
  });

  test("ends with a word for each way in which it can", async () => {
    const lab = await meeting();
    const broken = new Error("disk full");
    const shrunk = { ...source("b", 10), read: async () => new Uint8Array(3) };
    const a = await send(lab, [source("a", 10)]);
    const b = await send(lab, [shrunk]);
    const c = await send(lab, [source("c", 10)]);
    a.into.accept(() => Promise.reject(broken));
    b.into.accept(b.memory.open);
    await lab.run([a.out, a.into, b.out, b.into]);
    expect(a.into.end).toEqual({ reason: "sink", cause: broken });
    expect(a.out.end).toEqual({ reason: "peer-failed" });
    expect(b.out.end).toMatchObject({ reason: "source", cause: expect.any(RangeError) });
    lab.network.leave(lab.calls[1]);
    expect(c.out.end).toEqual({ reason: "gone" });
  });

  test("that a reload has cut off is gone, and what was only offered is offered again", async () => {
    const lab = await meeting();
    const running = await send(lab, [source("a", 20 * BLOCK_BYTES)]);
    const offered = await send(lab, [source("b", 10)]);
    running.into.accept(running.memory.open);
    await lab.until(() => running.out.transferred > 0);
    lab.network.cut(lab.calls[0], lab.calls[1]);
    lab.files[1].close();
    const again = new Files(lab.calls[1].call);
    const offers: IncomingTransfer[] = [];
    again.on("offer", (offer) => offers.push(offer));
    lab.network.mend(lab.calls[0], lab.calls[1]);
    await lab.turns(20);
    expect(running.out.end).toEqual({ reason: "gone" });
    expect(offered.out.state).toBe("offered");
    expect(offers.map(({ files }) => files[0]?.path)).toEqual(["b"]);
  });

  test("waits for a connection when there is none, and for the other side to have files at all", async () => {
    const network = new FakeNetwork();
    const [amy, bob] = [network.join("amy"), network.join("bob")];
    const files = new Files(amy.call);
    const out = files.send(bob.self.id, [source("a", 10)]);
    await turn(network);
    expect(files.reaches(bob.self.id)).toBe(false);
    const offers: IncomingTransfer[] = [];
    new Files(bob.call).on("offer", (offer) => offers.push(offer));
    for (let n = 0; n < 10; n += 1) await turn(network);
    expect(offers).toHaveLength(1);
    expect(files.reaches(bob.self.id)).toBe(true);
    out.cancel();
    for (let n = 0; n < 10; n += 1) await turn(network);
    expect(offers[0]?.end).toEqual({ reason: "peer-cancelled" });
  });

  test("begins although one channel opens long after the other: nothing is said into the void", async () => {
    const network = new FakeNetwork();
    const [amy, bob] = [network.join("amy"), network.join("bob")];
    amy.slow.add(DATA);
    const files = [new Files(amy.call), new Files(bob.call)] as const;
    const memory = new MemoryFiles();
    files[0].on("offer", (offer) => offer.accept(memory.open));
    const out = files[1].send(amy.self.id, [source("a", 10)]);
    for (let n = 0; n < 10; n += 1) await turn(network);
    amy.openSlow();
    for (let n = 0; n < 30; n += 1) await turn(network);
    expect(out.end).toEqual({ reason: "done" });
  });

  test("never has more on its way than the window, however slow the disk is", async () => {
    const lab = await meeting();
    const { out, into } = await send(lab, [source("a", 30 * BLOCK_BYTES)]);
    let finishWrite = () => {};
    let written = 0;
    let most = 0;
    into.accept(async () => ({
      write: (bytes) =>
        new Promise((resolve) => {
          finishWrite = () => {
            written += bytes.length;
            resolve();
          };
        }),
      close: async () => {},
      abort: async () => {},
    }));
    let sent = 0;
    lab.network.tamper = (data, _from, id) => {
      if (id === DATA && decodeFrame(data as Uint8Array)?.kind === "part") sent += data.length - 20;
      most = Math.max(most, sent - written);
      return data;
    };
    await lab.until(() => sent === WINDOW_BYTES);
    await lab.turns(20);
    await lab.run([out], () => finishWrite());
    expect(out.end).toEqual({ reason: "done" });
    expect(most).toBeLessThanOrEqual(WINDOW_BYTES);
  });
});

test("a sink that hangs is aborted when the transfer is cancelled, also one that is still being opened", async () => {
  for (const hangs of ["open", "write"]) {
    const lab = await meeting();
    const { into } = await send(lab, [source("a", 10)]);
    const aborted = vi.fn(async () => {});
    let opened = () => {};
    const opening = new Promise<void>((resolve) => {
      opened = resolve;
    });
    into.accept(async () => {
      if (hangs === "open") await opening;
      const write = () => new Promise<void>(() => {});
      return { write, close: async () => {}, abort: aborted };
    });
    await lab.turns(20);
    into.cancel();
    opened();
    await lab.turns(5);
    expect(aborted).toHaveBeenCalledOnce();
  }
});

describe("whatever happens to the connection", () => {
  const sizes = fc.array(
    fc.oneof(fc.constantFrom(0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1), fc.nat(600_000)),
    { minLength: 1, maxLength: 3 },
  );

  test(
    "cut and mended at any message, the bytes are the same in the end",
    async () => {
      await fc.assert(
        fc.asyncProperty(
          sizes,
          fc.array(fc.nat(40), { maxLength: 6 }),
          fc.nat(),
          async (all, cuts, seed) => {
            const lab = await meeting(seed);
            const sources = all.map((size, index) => source(`${index}`, size));
            const memory = new MemoryFiles();
            lab.files[1].on("offer", (offer) => offer.accept(memory.open));
            const out = lab.files[0].send(lab.calls[1].self.id, sources);
            for (const gap of cuts) {
              await lab.messages(gap);
              lab.network.cut(lab.calls[0], lab.calls[1]);
              lab.network.mend(lab.calls[0], lab.calls[1]);
            }
            await lab.run([out]);
            expect(out.end).toEqual({ reason: "done" });
            await expectEqual(memory, sources);
          },
        ),
        { numRuns: 25 },
      );
    },
    BUSY_MS,
  );

  test(
    "with bytes changed on the way, it ends equal or with a word that says why not",
    async () => {
      const flips = fc.array(fc.record({ after: fc.nat(30), at: fc.nat(), bit: fc.nat(7) }), {
        maxLength: 3,
      });
      await fc.assert(
        fc.asyncProperty(sizes, flips, fc.nat(), async (all, changes, seed) => {
          const lab = await meeting(seed);
          const sources = all.map((size, index) => source(`${index}`, size));
          const memory = new MemoryFiles();
          const offers: IncomingTransfer[] = [];
          lab.files[1].on("offer", (offer) => {
            offers.push(offer);
            offer.accept(memory.open);
          });
          const out = lab.files[0].send(lab.calls[1].self.id, sources);
          const queue = [...changes];
          let count = 0;
          lab.network.tamper = (data) => {
            count += 1;
            const [next] = queue;
            if (next === undefined || count <= next.after) return data;
            queue.shift();
            count = 0;
            return flip(data, next.at, next.bit);
          };
          await lab.turns(150);
          // Something may wait for what was lost: a new connection sets it right.
          lab.network.tamper = (data) => data;
          lab.network.cut(lab.calls[0], lab.calls[1]);
          lab.network.mend(lab.calls[0], lab.calls[1]);
          await lab.turns(150);
          const reason = out.end?.reason ?? "none";
          expect([
            "done",
            "protocol",
            "hash",
            "peer-failed",
            "peer-cancelled",
            "declined",
            "gone",
            "none",
          ]).toContain(reason);
          if (offers.at(-1)?.end?.reason === "done") {
            await expectEqual(memory, sources.slice(0, offers.at(-1)?.files.length));
          }
        }),
        { numRuns: 12 },
      );
    },
    BUSY_MS,
  );
});

function flip<Data extends string | Uint8Array>(data: Data, at: number, bit: number): Data {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data.slice();
  const index = at % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
  return (typeof data === "string" ? new TextDecoder().decode(bytes) : bytes) as Data;
}
