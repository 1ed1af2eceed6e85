import { describe, expect, it } from "vitest";
import type { TransportAddress } from "../wire/index.ts";
import { type NatKind, natKinds, type Socket, World } from "./index.ts";

const hello = Uint8Array.of(1, 2, 3);

/** A socket that keeps what it got. */
function listener(bind: (receive: (bytes: Uint8Array, from: TransportAddress) => void) => Socket) {
  const got: { bytes: Uint8Array; from: TransportAddress }[] = [];
  const socket = bind((bytes, from) => got.push({ bytes, from }));
  return { socket, got, address: socket.address };
}

describe("the wire", () => {
  it("delays, and brings datagrams in order without jitter", () => {
    const world = new World(1);
    const amy = world.host(["203.0.113.1"], { delayMs: 10 });
    const bob = world.host(["203.0.113.2"], { delayMs: 15 });
    const at: number[] = [];
    const port = bob.bind(() => at.push(world.now), 7).address;
    const socket = amy.bind(() => {});
    socket.send(hello, port);
    world.runUntil(100, () => at.length > 0);
    expect(at).toEqual([25]);
  });

  it("lets a bottleneck through at its rate and drops what its queue can't hold", () => {
    const world = new World(1);
    const amy = world.host(["203.0.113.1"], { rateBps: 8_000_000, queueBytes: 50_000 });
    const bob = world.host(["203.0.113.2"]);
    const at: number[] = [];
    const port = bob.bind(() => at.push(world.now), 7).address;
    const socket = amy.bind(() => {});
    for (let i = 0; i < 100; i += 1) socket.send(new Uint8Array(1000), port);
    world.run(1000);
    expect(at).toHaveLength(50);
    expect(at.at(-1)).toBeCloseTo(50);
  });

  it("loses and doubles as often as it was told, and the same way for the same seed", () => {
    const run = (seed: number): number => {
      const world = new World(seed);
      const amy = world.host(["203.0.113.1"], { loss: 0.2, duplication: 0.1 });
      const bob = world.host(["203.0.113.2"]);
      let count = 0;
      const port = bob.bind(() => {
        count += 1;
      }, 7).address;
      const socket = amy.bind(() => {});
      for (let i = 0; i < 10_000; i += 1) socket.send(hello, port);
      world.run(1000);
      return count;
    };
    expect(run(7)).toBe(run(7));
    expect(run(7)).not.toBe(run(8));
    expect(run(7) / 10_000).toBeCloseTo(0.8 * 1.1, 1);
  });

  it("carries nothing while it is cut, and nothing larger than its MTU", () => {
    const world = new World(1);
    const amy = world.host(["203.0.113.1"], { mtu: 1200 });
    const { got, address } = listener((receive) => world.host(["203.0.113.2"]).bind(receive, 7));
    const socket = amy.bind(() => {});
    amy.cut();
    socket.send(hello, address);
    amy.heal();
    socket.send(new Uint8Array(1201), address);
    world.run(10);
    expect(got).toEqual([]);
    socket.send(new Uint8Array(1200), address);
    world.run(10);
    expect(got).toHaveLength(1);
  });
});

describe("NATs", () => {
  /** Who can write to a host that has written to one server only. */
  function behaviour(kind: NatKind) {
    const world = new World(3);
    const { host } = world.hostBehind(natKinds[kind]);
    const inside = listener((receive) => host.bind(receive));
    const server = world.host(["203.0.113.1"]);
    const other = world.host(["203.0.113.2"]);
    const a = listener((receive) => server.bind(receive, 1));
    const b = listener((receive) => server.bind(receive, 2));
    const c = listener((receive) => other.bind(receive, 1));
    inside.socket.send(hello, a.address);
    world.run(1);
    const outer = a.got[0]?.from;
    if (outer === undefined) return { gotOut: false };
    for (const { socket } of [a, b, c]) socket.send(hello, outer);
    world.run(1);
    const reaches = inside.got.map(({ from }) => `${from.ip}:${from.port}`).sort();
    inside.socket.send(hello, c.address);
    world.run(1);
    return { gotOut: true, reaches, keepsItsPort: c.got.at(-1)?.from.port === outer.port };
  }

  const [a, b, c] = ["203.0.113.1:1", "203.0.113.1:2", "203.0.113.2:1"];

  it.each<[NatKind, ReturnType<typeof behaviour>]>([
    ["full cone", { gotOut: true, reaches: [a, b, c] as string[], keepsItsPort: true }],
    ["restricted", { gotOut: true, reaches: [a, b] as string[], keepsItsPort: true }],
    ["port restricted", { gotOut: true, reaches: [a] as string[], keepsItsPort: true }],
    ["symmetric", { gotOut: true, reaches: [a] as string[], keepsItsPort: false }],
    ["udp blocked", { gotOut: false }],
  ])("%s", (kind, expected) => {
    expect(behaviour(kind)).toEqual(expected);
  });

  it("forget a mapping that nobody uses, and all of them with a new address", () => {
    const world = new World(3);
    const { host, nat } = world.hostBehind({ ...natKinds["full cone"], lifetimeMs: 30_000 });
    const inside = listener((receive) => host.bind(receive));
    const { socket, got, address } = listener((r) => world.host(["203.0.113.1"]).bind(r, 1));
    const visit = () => {
      inside.socket.send(hello, address);
      world.run(1);
      return got.at(-1)?.from as TransportAddress;
    };
    const first = visit();
    world.run(29_000);
    socket.send(hello, first);
    world.run(2000);
    expect(inside.got).toHaveLength(1);
    socket.send(hello, first);
    world.run(1);
    expect(inside.got).toHaveLength(1);
    const second = visit();
    nat.renumber("198.51.100.200");
    socket.send(hello, second);
    world.run(1);
    expect(inside.got).toHaveLength(1);
    expect(visit().ip).toBe("198.51.100.200");
  });

  it("send a host's datagrams back to a neighbour only where they hairpin", () => {
    for (const hairpinning of [false, true]) {
      const world = new World(5);
      const { host } = world.hostBehind({ ...natKinds["full cone"], hairpinning });
      const server = listener((receive) => world.host(["203.0.113.1"]).bind(receive, 1));
      const one = listener((receive) => host.bind(receive));
      const two = listener((receive) => host.bind(receive));
      one.socket.send(hello, server.address);
      world.run(1);
      two.socket.send(hello, server.got[0]?.from as TransportAddress);
      world.run(1);
      expect(one.got).toHaveLength(hairpinning ? 1 : 0);
    }
  });

  it("stand behind one another", () => {
    const world = new World(6);
    const { lan } = world.hostBehind(natKinds.symmetric);
    const { host } = world.hostBehind(natKinds["full cone"], {}, lan);
    const inside = listener((receive) => host.bind(receive));
    const server = listener((receive) => world.host(["203.0.113.1"]).bind(receive, 1));
    inside.socket.send(hello, server.address);
    world.run(1);
    server.socket.send(hello, server.got[0]?.from as TransportAddress);
    world.run(1);
    expect(server.got[0]?.from.ip).toBe("198.51.100.1");
    expect(inside.got).toHaveLength(1);
  });
});
