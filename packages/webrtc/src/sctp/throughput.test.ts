import { expect, it } from "vitest";
import { Association } from "./association.ts";
import { seededCrypto } from "./testing/seeded.ts";
import { Link, type LinkSettings, VirtualWorld } from "./testing/virtual-link.ts";

/** A flow that always has something to send, over a line that others may share. */
function flow(world: VirtualWorld, seed: number, there: Link, back: Link): { received: number } {
  const from = new Association({ crypto: seededCrypto(seed) });
  const to = new Association({ crypto: seededCrypto(seed + 1) });
  const count = { received: 0 };
  const message = new Uint8Array(65_536);
  const feed = (now: number): void => {
    while (from.bufferedAmount(0) < 2_000_000) from.send(0, message, { ppid: 53 }, now);
  };
  from.setBufferedAmountLowThreshold(0, 1_000_000);
  from.connect(world.now);
  world.join(
    {
      endpoint: from,
      link: there,
      handle: ({ type }, now) => {
        if (type === "established" || type === "buffered-amount-low") feed(now);
      },
    },
    {
      endpoint: to,
      link: back,
      handle: (event) => {
        if (event.type === "message") count.received += event.message.bytes.length;
      },
    },
  );
  return count;
}

/** Mbit/s in the last second of `seconds`, on a line of 400 Mbit/s and 50 ms with a queue of 50 ms. */
function goodput(loss: number, seconds: number, stalls?: LinkSettings["stalls"]): number {
  const world = new VirtualWorld();
  const back = { delayMs: 25, loss, ...(stalls && { stalls }) };
  const there = { ...back, mbitPerSecond: 400, queueBytes: 2_500_000 };
  const one = flow(world, 1, new Link(there, 3), new Link(back, 4));
  world.run((seconds - 1) * 1000);
  const before = one.received;
  world.run(seconds * 1000);
  return ((one.received - before) * 8) / 1e6;
}

it("a line of 400 Mbit/s and 50 ms is full within 3 s", () => {
  expect(goodput(0, 3)).toBeGreaterThan(0.9 * 400);
}, 30_000);

it("and stays more than half full where one packet in a thousand is lost", () => {
  expect(goodput(0.001, 4)).toBeGreaterThan(0.5 * 400);
}, 30_000);

it("also where both machines are busy with something else every now and then", () => {
  expect(goodput(0.001, 5, { everyMs: 40, forMs: 12 })).toBeGreaterThan(0.5 * 400);
}, 30_000);

it("two flows share a line alike, though one was there first", () => {
  const world = new VirtualWorld();
  const line = { delayMs: 25, mbitPerSecond: 40, queueBytes: 250_000 };
  const there = new Link(line);
  const back = new Link({ delayMs: 25 });
  const first = flow(world, 1, there, back);
  world.run(3000);
  const second = flow(world, 11, there, back);
  world.run(8000);
  const before = [first.received, second.received];
  world.run(28_000);
  const [x, y] = [first, second].map(({ received }, i) => received - (before[i] as number)) as [
    number,
    number,
  ];
  const jain = (x + y) ** 2 / (2 * (x * x + y * y));
  expect(jain).toBeGreaterThan(0.9);
  expect(((x + y) * 8) / 20e6).toBeGreaterThan(0.85 * 40);
}, 30_000);
