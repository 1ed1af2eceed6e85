import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import type { TransportAddress } from "../../wire/index.ts";
import { DgramEngine } from "./dgram-engine.ts";
import { type SegmentedSends, segmentedSends } from "./segmented-sends.ts";
import type { EngineSocket } from "./udp-engine.ts";

const endings: (() => unknown)[] = [];

afterEach(() => {
  for (const end of endings.splice(0).reverse()) end();
});

/** The tests install koffi: where it does not load, batches would be lost without a word. */
const batches = segmentedSends as SegmentedSends;

describe.each([
  ["one by one", undefined],
  ["in batches", batches],
])("datagrams sent %s", (_, sends) => {
  it.for(["127.0.0.1", "::1"])(
    "brings datagrams both ways on %s, addresses in our form",
    async (ip) => {
      const engine = new DgramEngine(sends);
      const [one, two] = [await open(engine, ip), await open(engine, ip)];
      const arrived = new Promise((resolve) => {
        two.start(
          {
            receive: (bytes, start, end, from, port) =>
              resolve({ text: Buffer.from(bytes.slice(start, end)).toString(), from, port }),
          },
          () => undefined,
        );
      });
      one.send(Buffer.from("xhellox"), 1, 6, two.local);
      engine.flush();
      expect(await arrived).toEqual({ text: "hello", from: ip, port: one.local.port });
    },
  );

  it("says why a port is not to be had", async () => {
    const engine = new DgramEngine(sends);
    const { local } = await open(engine, "127.0.0.1");
    await expect(open(engine, local.ip, local.port)).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("counts what cannot be sent, and goes on", async () => {
    const engine = new DgramEngine(sends);
    const socket = await open(engine, "127.0.0.1");
    socket.send(Buffer.from("x"), 0, 1, { ip: "127.0.0.1", port: 0 });
    engine.flush();
    socket.close();
    socket.close();
    socket.send(Buffer.from("x"), 0, 1, { ip: "127.0.0.1", port: 9 });
    expect(engine.lost).toBe(2);
  });

  it("takes nothing from IPv4 on an IPv6 address", async () => {
    const engine = new DgramEngine(sends);
    const six = await open(engine, "::");
    const four = createSocket("udp4");
    endings.push(() => four.close());
    const bound = once(four, "listening");
    four.bind(six.local.port, "127.0.0.1");
    await bound;
    expect(four.address().port).toBe(six.local.port);
  });

  it.for(["127.0.0.1", "::1"])("brings a burst whole and in order on %s", async (ip) => {
    const engine = new DgramEngine(sends);
    const [one, two] = [await open(engine, ip), await open(engine, ip)];
    const sent = Array.from({ length: 60 }, (_, i) =>
      Buffer.alloc(i % 20 === 19 ? 300 + i : 1200, i),
    );
    const arrived: Buffer[] = [];
    const all = new Promise<void>((resolve) => {
      two.start(
        {
          receive: (bytes, start, end) => {
            arrived.push(Buffer.from(bytes.slice(start, end)));
            if (arrived.length === sent.length) resolve();
          },
        },
        () => undefined,
      );
    });
    for (const bytes of sent) one.send(bytes, 0, bytes.length, two.local);
    engine.flush();
    await all;
    expect(Buffer.compare(Buffer.concat(arrived), Buffer.concat(sent))).toBe(0);
    expect(arrived.map(({ length }) => length)).toEqual(sent.map(({ length }) => length));
  });

  it("lets go what was sent before it closes, and counts what no datagram holds", async () => {
    const engine = new DgramEngine(sends);
    const [one, two] = [await open(engine, "127.0.0.1"), await open(engine, "127.0.0.1")];
    const arrived = new Promise((resolve) => {
      two.start(
        {
          receive: (bytes, start, end) => resolve(Buffer.from(bytes.slice(start, end)).toString()),
        },
        () => undefined,
      );
    });
    if (sends !== undefined) one.send(Buffer.alloc(65_508), 0, 65_508, two.local);
    one.send(Buffer.from("bye"), 0, 3, two.local);
    one.close();
    expect(await arrived).toBe("bye");
    expect(engine.lost).toBe(sends === undefined ? 0 : 1);
  });
});

function open(engine: DgramEngine, ip: string, port = 0): Promise<EngineSocket> {
  const address: TransportAddress = { ip, port };
  return new Promise((resolve, reject) => {
    engine.open(address, (outcome) => {
      if (outcome instanceof Error) reject(outcome);
      else {
        endings.push(() => outcome.close());
        resolve(outcome);
      }
    });
  });
}
