import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import {
  AlternateServer,
  decodeMessage,
  ErrorCode,
  MessageWriter,
  Username,
} from "../stun/index.ts";
import { type NatKind, natKinds, World } from "../testing/index.ts";
import type { IceAgentOptions } from "./agent-options.ts";
import { agentOn, seconds, signal, stunServer } from "./test-rig.ts";

describe("an agent that hears nothing", () => {
  function waiting() {
    const world = new World(1);
    const a = agentOn(world, world.host(["203.0.113.1"], { delayMs: 5 }));
    a.run(() => a.agent.gather(world.now));
    a.run(() =>
      a.agent.setRemoteCredentials({ ufrag: "abcd", password: "x".repeat(22) }, world.now),
    );
    return { world, a };
  }

  it("is new until the other side tells a candidate", () => {
    const { world, a } = waiting();
    world.run(10 * seconds);
    expect(a.agent.state).toBe("new");
  });

  it("is disconnected when many checks stay unanswered, before it fails", () => {
    const { world, a } = waiting();
    const address = { ip: "203.0.113.9", port: 9 };
    const candidate = { type: "host", transport: "udp", priority: 1, foundation: "1" } as const;
    a.run(() => a.agent.addRemoteCandidate({ ...candidate, address }, world.now));
    world.run(15 * seconds);
    expect(a.agent.state).toBe("checking");
    world.run(1 * seconds);
    expect(a.agent.state).toBe("disconnected");
    world.run(30 * seconds);
    expect(a.states()).toEqual(["checking", "disconnected", "failed"]);
  });

  it("begins anew as if there had been nothing before", () => {
    const { world, a } = waiting();
    const address = { ip: "203.0.113.9", port: 9 };
    const candidate = { type: "host", transport: "udp", priority: 1, foundation: "1" } as const;
    a.run(() => a.agent.addRemoteCandidate({ ...candidate, address }, world.now));
    world.run(16 * seconds);
    a.run(() => a.agent.reset(world.now));
    a.run(() => a.agent.gather(world.now));
    const credentials = { ufrag: "efgh", password: "y".repeat(22) };
    a.run(() => a.agent.setRemoteCredentials(credentials, world.now));
    a.run(() => a.agent.addRemoteCandidate({ ...candidate, address }, world.now));
    world.run(15 * seconds);
    expect(a.states()).toEqual(["checking", "disconnected", "new", "checking"]);
  });
});

describe("two hosts that reach each other", () => {
  function connected(options: Partial<IceAgentOptions> = {}, seed = 1) {
    const world = new World(seed);
    const a = agentOn(world, world.host(["203.0.113.1"], { delayMs: 5 }), options);
    const b = agentOn(world, world.host(["203.0.113.2"], { delayMs: 5 }), { role: "controlled" });
    signal(world, a, b);
    const done = world.runUntil(5 * seconds, () =>
      [a, b].every(({ agent }) => agent.state === "completed"),
    );
    return { world, a, b, done };
  }

  it("complete, and packets go both ways", () => {
    const { world, a, b, done } = connected();
    expect(done).toBe(true);
    expect(a.states()).toEqual(["checking", "connected", "completed"]);
    a.say("hello");
    b.say("there");
    world.run(100);
    expect(b.heard()).toEqual(["hello"]);
    expect(a.heard()).toEqual(["there"]);
    expect(a.agent.selectedPair?.rttMs).toBe(20);
  });

  it("take no packet of the session from where the other side never was", () => {
    const { world, a, b } = connected();
    const [socket] = b.sockets.values();
    const stranger = world.host(["203.0.113.66"], { delayMs: 5 }).bind(() => {});
    if (socket) stranger.send(new TextEncoder().encode("from a stranger"), socket.address);
    a.say("from a peer");
    world.run(100);
    expect(b.heard()).toEqual(["from a peer"]);
  });

  it("settle it when both believe to control, or to be controlled", () => {
    for (const role of ["controlling", "controlled"] as const) {
      for (let seed = 1; seed <= 10; seed += 1) {
        const world = new World(seed);
        const a = agentOn(world, world.host(["203.0.113.1"], { delayMs: 5 }), { role });
        const b = agentOn(world, world.host(["203.0.113.2"], { delayMs: 5 }), { role });
        signal(world, a, b);
        const both = () => [a, b].every(({ agent }) => agent.state === "completed");
        expect(world.runUntil(5 * seconds, both)).toBe(true);
        expect(a.agent.role).not.toBe(b.agent.role);
      }
    }
  });

  it("connect to a lite agent", () => {
    const world = new World(1);
    const full = agentOn(world, world.host(["203.0.113.1"], { delayMs: 5 }));
    const lite = agentOn(world, world.host(["203.0.113.2"]), { role: "controlled", isLite: true });
    signal(world, full, lite);
    const both = () => [full, lite].every(({ agent }) => agent.selectedPair?.isNominated === true);
    expect(world.runUntil(5 * seconds, both)).toBe(true);
  });

  it("take checks that come before the answer does", () => {
    const world = new World(1);
    const a = agentOn(world, world.host(["203.0.113.1"], { delayMs: 5 }));
    const b = agentOn(world, world.host(["203.0.113.2"], { delayMs: 5 }), { role: "controlled" });
    for (const one of [a, b]) one.run(() => one.agent.gather(world.now));
    b.run(() => b.agent.setRemoteCredentials(a.agent.localCredentials, world.now));
    const [candidate] = a.agent.localCandidates;
    b.run(() => candidate && b.agent.addRemoteCandidate(candidate, world.now));
    world.run(300);
    expect(a.agent.state).toBe("new");
    expect(b.agent.state).toBe("connected");
    // No candidate of the answerer ever arrives: its check has shown where it is.
    a.run(() => a.agent.setRemoteCredentials(b.agent.localCredentials, world.now));
    world.run(100);
    expect(a.agent.selectedPair?.remote.type).toBe("prflx");
    expect(a.agent.state).toBe("connected");
  });

  it("notice when the other side is gone, and fail when consent ends (RFC 7675 §5.1)", () => {
    const { world, a, b } = connected();
    const left = world.now;
    for (const socket of b.sockets.values()) socket.close();
    expect(world.runUntil(left + 20 * seconds, () => a.agent.state === "disconnected")).toBe(true);
    expect(world.runUntil(left + 40 * seconds, () => a.agent.state === "failed")).toBe(true);
    expect(world.now - left).toBeLessThanOrEqual(30_000);
    expect(a.agent.selectedPair).toBeUndefined();
    expect(a.agent.deadline).toBeUndefined();
  });

  it("restart without losing a packet (RFC 8445 §9)", () => {
    const { world, a, b } = connected();
    let sent = 0;
    const chat = (): void => {
      a.say(String(sent));
      sent += 1;
      if (sent < 200) world.at(world.now + 10, chat);
    };
    chat();
    const before = a.agent.localCredentials;
    for (const one of [a, b]) {
      one.listeners.length = 0;
      one.run(() => one.agent.restart(world.now));
    }
    signal(world, a, b);
    world.run(5 * seconds);
    expect(a.agent.localCredentials).not.toEqual(before);
    expect([a, b].map(({ agent }) => agent.state)).toEqual(["completed", "completed"]);
    expect(b.heard()).toEqual(Array.from({ length: 200 }, (_, index) => String(index)));
  });

  it("take what still comes over the way of before a restart, as the other side may be behind", () => {
    const { world, a, b } = connected();
    const [before] = b.sockets.values();
    const to = b.agent.selectedPair?.remote.address;
    b.run(() => b.bind(1));
    b.run(() => b.agent.removeBase(0, world.now));
    for (const one of [a, b]) {
      one.listeners.length = 0;
      one.run(() => one.agent.restart(world.now));
    }
    signal(world, a, b);
    world.run(5 * seconds);
    expect(a.agent.selectedPair?.remote.address).toEqual(b.sockets.get(1)?.address);
    if (to) before?.send(new TextEncoder().encode("late"), to);
    world.run(100);
    expect(a.heard()).toEqual(["late"]);
  });

  it("go on over another interface when one goes", () => {
    const world = new World(1);
    const a = agentOn(world, world.host(["203.0.113.1", "203.0.113.11"], { delayMs: 5 }));
    const b = agentOn(world, world.host(["203.0.113.2"], { delayMs: 60 }), { role: "controlled" });
    signal(world, a, b);
    world.run(3 * seconds);
    const lost = a.agent.selectedPair?.local.base as number;
    a.run(() => a.agent.removeBase(lost, world.now));
    const isBack = () =>
      a.agent.selectedPair !== undefined && a.agent.selectedPair.local.base !== lost;
    expect(world.runUntil(world.now + 5 * seconds, isBack)).toBe(true);
    world.run(seconds);
    b.say("still here");
    world.run(seconds);
    expect(a.heard()).toEqual(["still here"]);
  });

  it("connect through loss, delay and doubled packets", () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const world = new World(seed);
      const link = { delayMs: 60, jitterMs: 40, loss: 0.15, duplication: 0.1 };
      const a = agentOn(world, world.host(["203.0.113.1"], link));
      const b = agentOn(world, world.host(["203.0.113.2"], link), { role: "controlled" });
      signal(world, a, b);
      const both = () => [a, b].every(({ agent }) => agent.selectedPair?.isNominated === true);
      expect(world.runUntil(30 * seconds, both), `seed ${seed}`).toBe(true);
    }
  });
});

describe("hosts behind NATs, with a STUN server", () => {
  const kinds: NatKind[] = ["full cone", "restricted", "port restricted", "symmetric"];
  const pairs = kinds.flatMap((a) => kinds.map((b) => [a, b] as const));

  /** Two NATs of which one maps by endpoint need the other not to filter by port. */
  function canBeDirect(a: NatKind, b: NatKind): boolean {
    const strict = (kind: NatKind) => kind === "symmetric" || kind === "port restricted";
    return !((a === "symmetric" && strict(b)) || (b === "symmetric" && strict(a)));
  }

  it.each(pairs)("%s and %s", (kindOfA, kindOfB) => {
    const world = new World(9);
    const stunServers = [stunServer(world)];
    const a = agentOn(world, world.hostBehind(natKinds[kindOfA], { delayMs: 15 }).host, {
      stunServers,
    });
    const b = agentOn(world, world.hostBehind(natKinds[kindOfB], { delayMs: 25 }).host, {
      stunServers,
      role: "controlled",
    });
    signal(world, a, b);
    const both = () => [a, b].every(({ agent }) => agent.state === "completed");
    expect(world.runUntil(60 * seconds, both)).toBe(canBeDirect(kindOfA, kindOfB));
    if (!canBeDirect(kindOfA, kindOfB)) expect(a.agent.state).toBe("failed");
  });

  it("come back after a new public address, by a restart", () => {
    const world = new World(9);
    const stunServers = [stunServer(world)];
    const home = world.hostBehind(natKinds["port restricted"], { delayMs: 15 });
    const a = agentOn(world, home.host, { stunServers });
    const b = agentOn(world, world.hostBehind(natKinds["full cone"]).host, {
      stunServers,
      role: "controlled",
    });
    signal(world, a, b);
    world.run(5 * seconds);
    home.nat.renumber("198.51.100.77");
    world.run(2 * seconds);
    for (const one of [a, b]) {
      one.listeners.length = 0;
      one.run(() => one.agent.restart(world.now));
    }
    signal(world, a, b);
    const isBack = () => a.agent.state === "completed" && b.agent.state === "completed";
    expect(world.runUntil(world.now + 20 * seconds, isBack)).toBe(true);
    expect(b.agent.selectedPair?.remote.address.ip).toBe("198.51.100.77");
  });

  it("tell of a STUN server that doesn't answer (W3C WebRTC §4.8.2)", () => {
    const world = new World(1);
    const url = "stun:203.0.113.99";
    const a = agentOn(world, world.host(["203.0.113.1"]), {
      stunServers: [{ url, address: { ip: "203.0.113.99", port: 3478 } }],
    });
    a.run(() => a.agent.gather(world.now));
    world.run(60 * seconds);
    expect(a.agent.gatheringState).toBe("complete");
    expect(a.events).toContainEqual({
      type: "candidate-error",
      error: expect.objectContaining({ url, code: 701, address: a.sockets.get(0)?.address }),
    });
  });
});

describe("a NAT that gets another address while two talk", () => {
  it.each(["controlling", "controlled"] as const)(
    "is found out without a restart, from the new address: before the %s one",
    (role) => {
      const world = new World(8);
      const { host, nat } = world.hostBehind(natKinds["port restricted"], { delayMs: 10 });
      const a = agentOn(world, host, { role });
      const b = agentOn(world, world.host(["203.0.113.7"], { delayMs: 10 }), {
        role: role === "controlling" ? "controlled" : "controlling",
      });
      signal(world, a, b);
      world.run(5 * seconds);
      nat.renumber("198.51.100.77");
      // Consent of the old address ends after half a minute, and by then the new one has been seen.
      world.run(45 * seconds);
      // Who controls never noticed, where it is the one behind the NAT, and nominates nothing.
      const state = role === "controlling" ? "connected" : "completed";
      expect([a.agent.state, b.agent.state]).toEqual(["completed", state]);
      expect(b.agent.selectedPair?.remote.address.ip).toBe("198.51.100.77");
      for (const one of [a, b]) expect(one.states()).not.toContain("failed");
      a.say("hello");
      b.say("there");
      world.run(seconds);
      expect([a.heard(), b.heard()]).toEqual([["there"], ["hello"]]);
    },
  );
});

describe("what is told of servers that give no candidate (W3C webrtc §4.8.3)", () => {
  /** An agent that has asked the servers, and the errors that it told. */
  function errorsOf(
    ips: readonly string[],
    options: Partial<IceAgentOptions>,
    world = new World(7),
  ) {
    const a = agentOn(world, world.host(ips), options);
    a.run(() => a.agent.gather(world.now));
    world.run(60 * seconds);
    expect(a.agent.gatheringState).toBe("complete");
    return a.events.flatMap((event) => (event.type === "candidate-error" ? [event.error] : []));
  }
  const silent = { url: "stun:silent", address: { ip: "203.0.113.99", port: 3478 } };

  it("tells once of a server that no interface reaches", () => {
    const errors = errorsOf(["203.0.113.1", "203.0.113.2"], { stunServers: [silent, silent] });
    expect(errors).toMatchObject([{ url: "stun:silent", code: 701 }]);
  });

  it("says nothing of one address of a server where another gave a candidate", () => {
    const world = new World(7);
    const reachable = { ...stunServer(world), url: silent.url };
    expect(errorsOf(["203.0.113.1"], { stunServers: [silent, reachable] }, world)).toEqual([]);
  });

  it("tells of a server that there is no address for", () => {
    const stunServers = [{ url: "stun:six", address: { ip: "2001:db8::99", port: 3478 } }];
    const errors = errorsOf(["203.0.113.1"], { stunServers });
    expect(errors).toMatchObject([{ url: "stun:six", code: 701, address: undefined }]);
    const isRelayed = { stunServers, policy: "relay" } as const;
    expect(errorsOf(["203.0.113.1"], isRelayed)).toEqual([]);
  });

  it.each([
    [300, "Elsewhere", "The STUN server sends its clients elsewhere."],
    [401, "Unauthorized", "The STUN server wants credentials."],
    [500, "Server Error", "Server Error"],
  ])("tells a server's own error %i", (code, reason, text) => {
    const world = new World(7);
    const socket = world.host(["203.0.113.99"]).bind((bytes, from) => {
      const request = decodeMessage(bytes);
      if (!request.ok) return;
      const writer = new MessageWriter().beginResponse(request.value, "error");
      writer.add(ErrorCode, { code, reason });
      if (code === 300) writer.add(AlternateServer, { ip: "203.0.113.98", port: 3478 });
      socket.send(writer.finish(), from);
    }, 3478);
    const errors = errorsOf(["203.0.113.1"], { stunServers: [silent] }, world);
    expect(errors).toMatchObject([
      { url: "stun:silent", code, text, address: { ip: "203.0.113.1" } },
    ]);
  });
});

describe("an agent in bad company", () => {
  it("answers no check without the password, and remembers a bounded number of candidates", () => {
    const world = new World(4);
    const a = agentOn(world, world.host(["203.0.113.1"]));
    a.run(() => a.agent.gather(world.now));
    a.run(() =>
      a.agent.setRemoteCredentials({ ufrag: "abcd", password: "x".repeat(22) }, world.now),
    );
    for (let i = 0; i < 1000; i += 1) {
      const candidate = {
        type: "host",
        transport: "udp",
        address: { ip: `203.0.113.${i % 250}`, port: 1024 + i },
        priority: i,
        foundation: String(i),
      } as const;
      a.run(() => a.agent.addRemoteCandidate(candidate, world.now));
    }
    expect(a.agent.remoteCandidates.length).toBeLessThanOrEqual(200);
    expect(a.agent.pairs.length).toBeLessThanOrEqual(100);
    const { ufrag } = a.agent.localCredentials;
    const forged = new MessageWriter()
      .begin(1, "request", world.random.bytes(12))
      .add(Username, `${ufrag}:abcd`)
      .addIntegrity(nodeCrypto, new Uint8Array(22))
      .addFingerprint()
      .finishCopy();
    const remote = { ip: "203.0.113.66", port: 6 };
    a.agent.receive({ base: 0, remote, bytes: forged }, world.now);
    for (let output = a.agent.poll(); output !== undefined; output = a.agent.poll()) {
      if (output.type === "packet") expect(output.packet.remote).not.toEqual(remote);
    }
  });

  it("survives every packet", () => {
    const world = new World(5);
    const a = agentOn(world, world.host(["203.0.113.1"], { delayMs: 1 }));
    const b = agentOn(world, world.host(["203.0.113.2"], { delayMs: 1 }), { role: "controlled" });
    const seen: Uint8Array[] = [];
    const receive = b.agent.receive.bind(b.agent);
    b.agent.receive = (packet, now) => {
      seen.push(packet.bytes);
      receive(packet, now);
    };
    signal(world, a, b);
    world.run(10 * seconds);
    expect(seen.length).toBeGreaterThan(2);
    for (let i = 0; i < 5000; i += 1) {
      const bytes = (seen[i % seen.length] as Uint8Array).slice();
      bytes[world.random.between(0, bytes.length - 1)] = world.random.between(0, 255);
      const length = world.random.chance(0.2)
        ? world.random.between(0, bytes.length)
        : bytes.length;
      const packet = {
        base: 0,
        remote: { ip: "203.0.113.1", port: 1 + (i % 9) },
        bytes: bytes.subarray(0, length),
      };
      b.run(() => receive(packet, world.now));
    }
    world.run(60 * seconds);
    expect(b.agent.state).toBe("completed");
    expect(b.agent.remoteCandidates.length).toBeLessThanOrEqual(200);
  });
});
