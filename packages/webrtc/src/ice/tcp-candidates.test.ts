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
      ended: (side, remote) => run(() => agent.removeConnection(bases[side], remote, world.now)),
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
  return { world, a, b, path };
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

  it.each([
    ["controlling", [0]],
    ["controlled", [1]],
  ] as const)(
    "open the connection again that broke, by the %s one who had opened it",
    (_, firewall) => {
      const { world, a, b, path } = tcpWorld(["198.51.100.1", "198.51.100.2"], firewall);
      world.run(5 * seconds);
      for (let round = 0; round < 20; round += 1) {
        path.break();
        world.run(100);
        // Consent is asked for over the new connection, and no other way was found meanwhile.
        world.run(35 * seconds);
        expect([a.agent.state, b.agent.state]).toEqual(["completed", "completed"]);
        expect(a.agent.selectedPair?.isNominated).toBe(true);
      }
      expect([a.states(), b.states()]).not.toContain("failed");
      a.say("hello");
      b.say("and hello");
      world.run(seconds);
      expect([a.heard(), b.heard()]).toEqual([["and hello"], ["hello"]]);
      expect(path.ends[0].attempts + path.ends[1].attempts).toBeLessThan(30);
    },
  );

  it("give up after five tries that a firewall refuses", () => {
    const { world, a, b, path } = tcpWorld(["198.51.100.1", "198.51.100.2"], [0]);
    world.run(5 * seconds);
    const [opener] = path.ends;
    const before = opener.attempts;
    for (const end of path.ends) end.hasFirewall = true;
    path.break();
    world.run(4 * seconds);
    expect([a.agent.selectedPair, a.agent.state]).toEqual([undefined, "disconnected"]);
    world.run(120 * seconds);
    expect([a.agent.state, b.agent.state]).toEqual(["failed", "failed"]);
    expect(opener.attempts - before).toBe(5);
  });

  it("are back when the firewall opens after the third try", () => {
    const { world, a, b, path } = tcpWorld(["198.51.100.1", "198.51.100.2"], [0]);
    world.run(5 * seconds);
    for (const end of path.ends) end.hasFirewall = true;
    path.break();
    world.run(5 * seconds);
    path.ends[1].hasFirewall = false;
    path.ends[0].hasFirewall = false;
    world.run(10 * seconds);
    expect([a.agent.state, b.agent.state]).toEqual(["completed", "completed"]);
  });

  it("leave a connection closed that nothing went over", () => {
    const { world, a, path } = tcpWorld(["198.51.100.1", "198.51.100.2"]);
    world.run(5 * seconds);
    const inUse = a.agent.selectedPair;
    const idle = a.agent.pairs.find(
      ({ local, valid }) => local.tcpType === "active" && valid !== undefined && valid !== inUse,
    );
    const before = path.ends[0].attempts;
    if (idle !== undefined) {
      a.run(() => a.agent.removeConnection(idle.local.base, idle.remote.address, world.now));
    }
    world.run(60 * seconds);
    expect(path.ends[0].attempts).toBe(before);
    expect(a.agent.selectedPair).toBe(inUse);
  });
});
