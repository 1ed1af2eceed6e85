import { describe, expect, it } from "vitest";
import { TcpPath, World } from "../testing/index.ts";
import { agentOn, seconds, signal, type TestAgent } from "./test-rig.ts";

const bases = { active: 101, passive: 102 } as const;

/** Two agents in a world that carries no UDP between them; `firewall` says who may not be connected to. */
function tcpWorld(ips: readonly [string, string], firewall: readonly number[] = []) {
  const world = new World(6544);
  const hosts = ips.map((ip) => world.host([ip]));
  const [a, b] = hosts.map((host, i) =>
    agentOn(world, host, { role: i === 0 ? "controlling" : "controlled" }),
  ) as [TestAgent, TestAgent];
  for (const host of hosts) host.cut();
  const path = new TcpPath(world, 20, [
    { ip: ips[0], hasFirewall: firewall.includes(0) },
    { ip: ips[1], hasFirewall: firewall.includes(1) },
  ]);
  for (const [one, end] of [
    [a, path.ends[0]],
    [b, path.ends[1]],
  ] as const) {
    const { agent, run } = one;
    end.receiver = {
      received: (side, remote, bytes) =>
        run(() => agent.receive({ base: bases[side], remote, bytes }, world.now)),
      refused: (remote) => run(() => agent.removeConnection(bases.active, remote, world.now)),
    };
    for (const side of ["active", "passive"] as const) {
      const id = bases[side];
      const address = side === "active" ? { ip: end.listening.ip, port: 9 } : { ...end.listening };
      one.sockets.set(id, {
        address,
        send: (bytes, remote) => end.send(side, remote, bytes),
        close: () => undefined,
      } as ReturnType<(typeof hosts)[number]["bind"]>);
      const base = { id, address, localPreference: 65_535, tcpType: side };
      run(() => agent.addBase(base, world.now));
    }
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
