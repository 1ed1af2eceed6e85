import { describe, expect, it } from "vitest";
import { type NatKind, natKinds, World } from "../testing/index.ts";
import { agentOn, seconds, signal, stunServer, turnServer } from "./test-rig.ts";

const kinds: NatKind[] = ["full cone", "restricted", "port restricted", "symmetric"];
const pairs = kinds.flatMap((a) => kinds.map((b) => [a, b] as const));

function home(kindOfA: NatKind, kindOfB: NatKind, policy: "all" | "relay" = "all") {
  const world = new World(11);
  const stunServers = [stunServer(world)];
  const { server, address } = turnServer(world);
  const options = { stunServers, turnServers: [address], policy };
  const [homeOfA, homeOfB] = [
    world.hostBehind(natKinds[kindOfA], { delayMs: 15 }),
    world.hostBehind(natKinds[kindOfB], { delayMs: 25 }),
  ];
  const a = agentOn(world, homeOfA.host, options);
  const b = agentOn(world, homeOfB.host, { ...options, role: "controlled" });
  signal(world, a, b);
  const done = world.runUntil(60 * seconds, () =>
    [a, b].every(({ agent }) => agent.state === "completed"),
  );
  return { world, server, a, b, done, nats: [homeOfA.nat, homeOfB.nat] };
}

describe("with STUN and TURN", () => {
  it.each(pairs)("%s and %s talk, over a relay only where they have to", (kindOfA, kindOfB) => {
    const { world, a, b, done } = home(kindOfA, kindOfB);
    expect(done).toBe(true);
    const isStrict = (kind: NatKind) => kind === "symmetric" || kind === "port restricted";
    const needsRelay =
      (kindOfA === "symmetric" && isStrict(kindOfB)) ||
      (kindOfB === "symmetric" && isStrict(kindOfA));
    expect(a.agent.selectedPair?.isDirect).toBe(!needsRelay);
    a.run(() => a.agent.send(new TextEncoder().encode("hello"), world.now));
    b.run(() => b.agent.send(new TextEncoder().encode("there"), world.now));
    world.run(seconds);
    expect([a.heard(), b.heard()]).toEqual([["there"], ["hello"]]);
  });

  it("keep every other address to themselves where the policy is relay", () => {
    const { a, b, done } = home("full cone", "full cone", "relay");
    expect(done).toBe(true);
    for (const { agent } of [a, b]) {
      expect(agent.localCandidates.map(({ type }) => type)).toEqual(["relay"]);
      expect(agent.selectedPair?.local.type).toBe("relay");
    }
  });

  it("talk for an hour, and give the relays back at the end", () => {
    const { world, server, a, b } = home("symmetric", "symmetric");
    for (let minute = 0; minute < 60; minute += 1) {
      world.run(60 * seconds);
      a.run(() => a.agent.send(Uint8Array.of(65 + minute), world.now));
    }
    world.run(seconds);
    expect(b.heard()).toHaveLength(60);
    expect(server.stats().allocations).toBe(2);
    for (const one of [a, b]) one.run(() => one.agent.close(world.now));
    world.run(seconds);
    expect(server.stats().allocations).toBe(0);
  });

  it.each([
    ["over the allocations they have", false, 2],
    ["over new ones where both NATs have forgotten the way to the old ones", true, 4],
  ])("restart %s", (_name, isForgotten, allocations) => {
    const { world, server, a, b, nats } = home("symmetric", "symmetric");
    if (isForgotten) for (const nat of nats) nat.forget();
    for (const one of [a, b]) {
      one.listeners.length = 0;
      one.run(() => one.agent.restart(world.now));
    }
    signal(world, a, b);
    world.run(10 * seconds);
    expect([a.agent.state, b.agent.state]).toEqual(["completed", "completed"]);
    expect(server.stats().allocations).toBe(allocations);
    a.run(() => a.agent.send(new TextEncoder().encode("hello"), world.now));
    b.run(() => b.agent.send(new TextEncoder().encode("there"), world.now));
    world.run(seconds);
    expect([a.heard(), b.heard()]).toEqual([["there"], ["hello"]]);
  });

  it("tell when a TURN server refuses the credentials", () => {
    const world = new World(1);
    const { address } = turnServer(world);
    const credentials = { username: "amy", password: "wrong" };
    const a = agentOn(world, world.host(["203.0.113.1"]), {
      turnServers: [{ ...address, credentials }],
    });
    a.run(() => a.agent.gather(world.now));
    world.run(5 * seconds);
    expect(a.agent.gatheringState).toBe("complete");
    const error = expect.objectContaining({ url: address.url, code: 401 });
    expect(a.events).toContainEqual({ type: "candidate-error", error });
  });

  it("tell what a TURN server says that has nothing left", () => {
    const world = new World(1);
    const { address } = turnServer(world, { ports: 1 });
    const agents = ["203.0.113.1", "203.0.113.2"].map((ip) =>
      agentOn(world, world.host([ip]), { turnServers: [address] }),
    );
    for (const { agent, run } of agents) run(() => agent.gather(world.now));
    world.run(5 * seconds);
    const errors = agents.flatMap(({ events }) =>
      events.flatMap((event) => (event.type === "candidate-error" ? [event.error] : [])),
    );
    expect(errors).toMatchObject([
      { url: address.url, code: 508, text: expect.stringMatching(/capacity/i) },
    ]);
  });
});
