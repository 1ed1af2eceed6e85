import { describe, expect, it } from "vitest";
import { World } from "../testing/index.ts";
import { formatAddress, type TransportAddress } from "../wire/index.ts";
import { agentOn, seconds, signal, type TestAgent } from "./test-rig.ts";

const active = 101;
const passive = 102;

/**
 * Two agents in a world that carries no UDP between them. A connection is a pair of addresses over which packets
 * come in order; `firewall` says who may not be connected to.
 */
function tcpWorld(ips: readonly [string, string], firewall: readonly number[] = []) {
  const world = new World(6544);
  const hosts = ips.map((ip) => world.host([ip]));
  const [a, b] = hosts.map((host, i) =>
    agentOn(world, host, { role: i === 0 ? "controlling" : "controlled" }),
  ) as [TestAgent, TestAgent];
  for (const host of hosts) host.cut();
  const ends = [a, b].map((one, i) => {
    const ip = ips[i] as string;
    const listening: TransportAddress = { ip, port: 5000 };
    const connections = new Map<string, (bytes: Uint8Array) => void>();
    const receive = (base: number, remote: TransportAddress, bytes: Uint8Array): void =>
      one.run(() => one.agent.receive({ base, remote, bytes }, world.now));
    return { one, ip, listening, connections, receive, isOpen: !firewall.includes(i) };
  });
  let nextPort = 40_000;
  for (const [i, from] of ends.entries()) {
    const to = ends[1 - i] as (typeof ends)[number];
    const later = (act: () => void): void => {
      world.at(world.now + 20, act);
    };
    const send = (base: number, remote: TransportAddress, bytes: Uint8Array): void => {
      const key = `${base} ${formatAddress(remote)}`;
      if (base === active && !from.connections.has(key)) {
        if (formatAddress(remote) !== formatAddress(to.listening)) return;
        if (!to.isOpen) {
          later(() =>
            from.one.run(() => from.one.agent.removeConnection(active, remote, world.now)),
          );
          return;
        }
        const source = { ip: from.ip, port: nextPort++ };
        from.connections.set(key, (sent) => later(() => to.receive(passive, source, sent)));
        to.connections.set(`${passive} ${formatAddress(source)}`, (sent) =>
          later(() => from.receive(active, remote, sent)),
        );
      }
      from.connections.get(key)?.(bytes);
    };
    for (const id of [active, passive])
      from.one.sockets.set(id, {
        address: from.listening,
        send: (bytes, remote) => send(id, remote, bytes),
        close: () => undefined,
      } as ReturnType<(typeof hosts)[number]["bind"]>);
    from.one.run(() => {
      const base = { localPreference: 65_535 };
      const { agent } = from.one;
      agent.addBase(
        { ...base, id: active, address: { ip: from.ip, port: 9 }, tcpType: "active" },
        world.now,
      );
      agent.addBase(
        { ...base, id: passive, address: from.listening, tcpType: "passive" },
        world.now,
      );
    });
  }
  signal(world, a, b);
  return { world, a, b };
}

describe("agents between which no UDP passes", () => {
  it.each([
    ["IPv4", ["198.51.100.1", "198.51.100.2"], []],
    ["IPv6", ["2001:db8::1", "2001:db8::2"], []],
    ["a firewall before the one", ["198.51.100.1", "198.51.100.2"], [0]],
    ["a firewall before the other", ["198.51.100.1", "198.51.100.2"], [1]],
  ] as const)("find each other over TCP: %s", (_, ips, firewall) => {
    const { world, a, b } = tcpWorld([...ips], firewall);
    world.run(5 * seconds);
    for (const one of [a, b]) {
      expect(one.agent.selectedPair?.local.transport).toBe("tcp");
      expect(one.agent.selectedPair?.isNominated).toBe(true);
    }
    const types = [a, b].map(({ agent }) => agent.selectedPair?.local.tcpType).sort();
    expect(types).toEqual(["active", "passive"]);
    a.say("hello");
    world.run(seconds);
    expect(b.heard()).toEqual(["hello"]);
  });

  it("lose the way with the connection, and say so", () => {
    const { world, a, b } = tcpWorld(["198.51.100.1", "198.51.100.2"], [0]);
    world.run(5 * seconds);
    for (const { agent, run } of [a, b]) {
      const { local, remote } = agent.selectedPair as NonNullable<typeof agent.selectedPair>;
      run(() => agent.removeConnection(local.base, remote.address, world.now));
      expect([agent.selectedPair, agent.state]).toEqual([undefined, "disconnected"]);
    }
    world.run(120 * seconds);
    expect([a.agent.state, b.agent.state]).toEqual(["failed", "failed"]);
  });
});
