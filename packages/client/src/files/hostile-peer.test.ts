import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  CONTROL,
  DATA,
  meeting,
  restoreTime,
  send,
  source,
  stopTime,
} from "../testing/files-lab.ts";
import { encodeFrame } from "./frame.ts";
import { BLOCK_BYTES } from "./limits.ts";
import type { ControlBody, FileInfo } from "./messages.ts";
import type { IncomingTransfer } from "./transfer.ts";

beforeEach(stopTime);

afterEach(restoreTime);

describe("a peer that does not keep to the rules", () => {
  test.each<[string, Partial<ReturnType<typeof part>>, string]>([
    ["another block", { block: 1 }, "protocol"],
    ["another file", { file: 1 }, "protocol"],
    ["a part at the wrong place", { offset: 5 }, "protocol"],
    ["more than the block has", { payload: new Uint8Array(101) }, "protocol"],
    [
      "a seal before the block is complete",
      { kind: "seal", payload: new Uint8Array(32) },
      "protocol",
    ],
    [
      "an end before the file is complete",
      { kind: "end", payload: new Uint8Array(32) },
      "protocol",
    ],
  ])("that sends %s: %s %s", async (_what, change, reason) => {
    const { lab, into } = await hostile();
    await lab.data({ ...part(), ...change });
    expect(into.end?.reason).toBe(reason);
    expect(lab.said.at(-1)).toEqual({ type: "end", id: 7, by: "receiver", reason: "failed" });
  });

  test("that sends a wrong hash", async () => {
    const { lab, into } = await hostile();
    await lab.data(part());
    await lab.data({ ...part(), kind: "seal", payload: new Uint8Array(32) });
    await lab.turns(20);
    expect(into.end).toEqual({ reason: "hash" });
  });

  test("that sends beyond the window", async () => {
    const { lab, into } = await hostile(100 * BLOCK_BYTES, () => new Promise(() => {}));
    const digest = await leafOf(new Uint8Array(BLOCK_BYTES));
    for (let block = 0; block <= 16 && into.end === undefined; block += 1) {
      for (let offset = 0; offset < BLOCK_BYTES; offset += 32_768) {
        await lab.data({ ...part(), block, offset, payload: new Uint8Array(32_768) });
      }
      await lab.data({ ...part(), kind: "seal", block, payload: digest });
    }
    expect(into.end).toEqual({ reason: "protocol" });
  });

  test("that asks for what was never sent, or acknowledges it, or says that it is done", async () => {
    for (const bad of [
      { type: "start", id: 1, file: 0, blocks: 3, root: "0".repeat(64) },
      { type: "start", id: 1, file: 0, blocks: 0, root: "0".repeat(64) },
      { type: "have", id: 1, file: 0, blocks: 1 },
      { type: "done", id: 1 },
    ] satisfies ControlBody[]) {
      const lab = await meeting();
      const { out } = await send(lab, [source("a", 10)]);
      lab.network.send(lab.calls[1], lab.calls[0].self.id, CONTROL, JSON.stringify(bad));
      await lab.turns(10);
      expect(["protocol", "hash"]).toContain(out.end?.reason);
    }
  });

  test("that talks of transfers that do not exist, or floods, costs nothing but a fault", async () => {
    const lab = await meeting();
    const faults: string[] = [];
    const offers: IncomingTransfer[] = [];
    lab.files[0].on("fault", ({ code }) => faults.push(code));
    lab.files[0].on("offer", (offer) => offers.push(offer));
    const say = (body: unknown) =>
      lab.network.send(lab.calls[1], lab.calls[0].self.id, CONTROL, JSON.stringify(body));
    for (const type of ["have", "done", "list", "start", "pause", "check", "end", "hello", ""]) {
      say({
        type,
        id: 99,
        file: 0,
        blocks: 0,
        by: "sender",
        reason: "gone",
        paused: true,
        files: [],
      });
    }
    lab.network.send(lab.calls[1], lab.calls[0].self.id, DATA, encodeFrame(part()));
    lab.network.send(lab.calls[1], lab.calls[0].self.id, DATA, new Uint8Array(3));
    for (let id = 0; id < 5000; id += 1) {
      say({ type: "offer", id, count: 1, size: 1 });
      say({ type: "list", id, files: [{ path: "x", size: 1 }] });
    }
    await lab.turns(20_000);
    expect(offers).toHaveLength(16);
    expect(lab.files[0].transfers).toHaveLength(16);
    expect(new Set(faults)).toEqual(new Set(["protocol"]));
    expect(faults.length).toBeLessThan(20);
  });

  test.each([
    ["a sum that is not the sum", [{ path: "a", size: 1 }], 2],
    ["a path that leads out", [{ path: "../../etc/passwd", size: 1 }], 1],
    [
      "more files than it said",
      [
        { path: "a", size: 0 },
        { path: "b", size: 1 },
      ],
      1,
    ],
  ])("that lists %s", async (_what, list: FileInfo[], size) => {
    const lab = await meeting();
    const onOffer = vi.fn();
    lab.files[0].on("offer", onOffer);
    lab.tell({ type: "offer", id: 7, count: 1, size });
    lab.tell({ type: "list", id: 7, files: list });
    await lab.turns(10);
    expect(onOffer).not.toHaveBeenCalled();
    expect(lab.files[0].transfers).toEqual([]);
  });

  test("that gives many files one name does not overwrite any", async () => {
    const lab = await meeting();
    const { into } = await send(lab, [source("a.txt", 1), source("A.TXT", 1), source("a.txt", 1)]);
    expect(into.files.map(({ path }) => path)).toEqual(["a.txt", "A (2).TXT", "a (3).txt"]);
  });
});

/** Bob offers one file by hand, and Amy has accepted it. */
async function hostile(size = 100, write: () => Promise<void> = async () => {}) {
  const lab = await meeting();
  // From here on what is said in his name is said by the test.
  lab.files[1].close();
  lab.tell({ type: "hello", v: 1, session: "m".repeat(26), answer: true });
  const offers: IncomingTransfer[] = [];
  lab.files[0].on("offer", (offer) => offers.push(offer));
  lab.tell({ type: "offer", id: 7, count: 1, size });
  lab.tell({ type: "list", id: 7, files: [{ path: "x", size }] });
  await lab.turns(5);
  lab.network.tamper = (data, from, id) => {
    if (id === CONTROL && from.startsWith("amy")) lab.said.push(JSON.parse(`${data}`));
    return data;
  };
  const into = offers[0] as IncomingTransfer;
  into.accept(async () => ({ write, close: async () => {}, abort: async () => {} }));
  await lab.turns(5);
  expect(lab.said.at(-1)).toMatchObject({ type: "start", id: 7, file: 0, blocks: 0 });
  return { lab, into };
}

function part() {
  const payload = new Uint8Array(100);
  return {
    kind: "part" as "part" | "seal" | "end",
    transfer: 7,
    file: 0,
    block: 0,
    offset: 0,
    payload,
  };
}

async function leafOf(block: Uint8Array): Promise<Uint8Array> {
  const prefixed = new Uint8Array(1 + block.length);
  prefixed.set(block, 1);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", prefixed));
}
