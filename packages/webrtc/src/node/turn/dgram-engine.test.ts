import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, expect, it } from "vitest";
import type { TransportAddress } from "../../wire/index.ts";
import { DgramEngine } from "./dgram-engine.ts";
import type { EngineSocket } from "./udp-engine.ts";

const endings: (() => unknown)[] = [];

afterEach(() => {
  for (const end of endings.splice(0).reverse()) end();
});

it.for(["127.0.0.1", "::1"])(
  "brings datagrams both ways on %s, addresses in our form",
  async (ip) => {
    const engine = new DgramEngine();
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
    expect(await arrived).toEqual({ text: "hello", from: ip, port: one.local.port });
  },
);

it("says why a port is not to be had", async () => {
  const engine = new DgramEngine();
  const { local } = await open(engine, "127.0.0.1");
  await expect(open(engine, local.ip, local.port)).rejects.toMatchObject({ code: "EADDRINUSE" });
});

it("counts what cannot be sent, and goes on", async () => {
  const engine = new DgramEngine();
  const socket = await open(engine, "127.0.0.1");
  socket.send(Buffer.from("x"), 0, 1, { ip: "127.0.0.1", port: 0 });
  socket.close();
  socket.close();
  socket.send(Buffer.from("x"), 0, 1, { ip: "127.0.0.1", port: 9 });
  expect(engine.lost).toBe(2);
});

it("takes nothing from IPv4 on an IPv6 address", async () => {
  const engine = new DgramEngine();
  const six = await open(engine, "::");
  const four = createSocket("udp4");
  endings.push(() => four.close());
  const bound = once(four, "listening");
  four.bind(six.local.port, "127.0.0.1");
  await bound;
  expect(four.address().port).toBe(six.local.port);
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
