import { createHash } from "node:crypto";
import { expect, vi } from "vitest";
import type { FileSource } from "../files/file-source.ts";
import { Files } from "../files/files.ts";
import { encodeFrame } from "../files/frame.ts";
import type { ControlBody } from "../files/messages.ts";
import { MemoryFiles } from "../files/sinks/memory.ts";
import type { IncomingTransfer, Transfer } from "../files/transfer.ts";
import { type FakeCall, FakeNetwork } from "./fake-network.ts";

/** The channels of files. */
export const CONTROL = 2;
export const DATA = 3;

/** Timers are the test's; hashing, which the platform does in threads and in its own time, is done at once. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  vi.spyOn(crypto.subtle, "digest").mockImplementation(async (_algorithm, data) => {
    const bytes = createHash("sha256")
      .update(data as Uint8Array)
      .digest();
    return Uint8Array.from(bytes).buffer;
  });
}

export function restoreTime(): void {
  vi.useRealTimers();
  vi.restoreAllMocks();
}

type Pair<Item> = [Item, Item];

/** Amy and Bob, each with files; `run` goes on until the transfers have ended. */
export async function meeting(seed = 1) {
  const network = new FakeNetwork();
  const calls = [network.join("amy"), network.join("bob")] as Pair<FakeCall>;
  const files = calls.map(({ call }) => new Files(call)) as Pair<Files>;
  let state = seed >>> 0 || 1;
  const pick = (count: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  const turns = async (count: number) => {
    for (let n = 0; n < count; n += 1) await turn(network, pick);
  };
  const until = async (isSo: () => boolean, each: () => void = () => {}) => {
    const limit = Date.now() + 10_000;
    while (!isSo()) {
      await turn(network, pick);
      each();
      if (Date.now() > limit) throw new Error("It does not come to that.");
    }
  };
  const said: ControlBody[] = [];
  const lab = {
    ...{ network, calls, files, turns, said },
    messages: async (count: number) => {
      const until = network.delivered + count;
      for (let n = 0; n < 200 && network.delivered < until; n += 1) await turn(network, pick, 1);
    },
    until,
    run: async (transfers: readonly Transfer[], each?: () => void) => {
      await until(() => transfers.every(({ end }) => end !== undefined), each);
      await turns(10);
    },
    tell: (body: ControlBody) =>
      network.send(calls[1], calls[0].self.id, CONTROL, JSON.stringify(body)),
    data: async (frame: Parameters<typeof encodeFrame>[0]) => {
      network.send(calls[1], calls[0].self.id, DATA, encodeFrame(frame));
      await turns(2);
    },
  };
  await turns(10);
  return lab;
}

/** Delivers some messages, and lets everything happen that follows from them. */
export async function turn(
  network: FakeNetwork,
  pick?: (count: number) => number,
  most = 8,
): Promise<void> {
  for (let n = 0; n < most; n += 1) network.step(pick);
  await new Promise((resolve) => setImmediate(resolve));
  await vi.advanceTimersByTimeAsync(20);
}

export async function send(
  lab: Awaited<ReturnType<typeof meeting>>,
  sources: FileSource[],
  from: 0 | 1 = 0,
) {
  const to = from === 0 ? 1 : 0;
  const offers: IncomingTransfer[] = [];
  const off = lab.files[to].on("offer", (offer) => offers.push(offer));
  const out = lab.files[from].send(lab.calls[to].self.id, sources);
  await lab.turns(10);
  off();
  return { out, into: offers[0] as IncomingTransfer, memory: new MemoryFiles() };
}

export function source(path: string, size: number): FileSource {
  return {
    path,
    size,
    read: async (start, end) => bytesOf(path, start, end),
  };
}

export function bytesOf(path: string, start: number, end: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  const salt = path.charCodeAt(0);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = ((start + i) * 2_654_435_761 + salt) >>> 13;
  return bytes;
}

export async function expectEqual(
  memory: MemoryFiles,
  sources: readonly FileSource[],
): Promise<void> {
  for (const [index, { path, size }] of sources.entries()) {
    const blob = memory.blob(index);
    const bytes = new Uint8Array((await blob?.arrayBuffer()) ?? []);
    expect(bytes.length).toBe(size);
    expect(Buffer.compare(bytes, bytesOf(path, 0, size))).toBe(0);
  }
}
