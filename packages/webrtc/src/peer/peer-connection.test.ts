import { describe, expect, it } from "vitest";
import { natKinds, World } from "../testing/index.ts";
import { negotiate, seconds, TestPeer } from "./test-rig.ts";

function pair(options: ConstructorParameters<typeof TestPeer>[2] = {}) {
  const world = new World(5);
  const link = { delayMs: 10 };
  const a = new TestPeer(world, world.host(["203.0.113.1"], link), options);
  const b = new TestPeer(world, world.host(["203.0.113.2"], link), options);
  return { world, a, b };
}

function connected(options: Parameters<typeof pair>[0] = {}) {
  const both = pair(options);
  both.a.open("chat");
  negotiate(both.world, both.a, both.b);
  both.world.runUntil(5 * seconds, () => both.b.channels.length > 0);
  both.world.run(200);
  return both;
}

describe("two peers", () => {
  it("open a channel and talk both ways", () => {
    const { world, a, b } = connected();
    expect(b.channel).toMatchObject({ label: "chat", state: "open", id: a.channel.id });
    a.send("hello");
    b.send("there");
    world.run(100);
    expect([a.texts, b.texts]).toEqual([["there"], ["hello"]]);
    expect([a.connection.connectionState, b.connection.connectionState]).toEqual([
      "connected",
      "connected",
    ]);
  });

  it("lose no round trip, though the answerer's packets come before its answer does", () => {
    const { world, a, b } = pair();
    a.open("chat");
    negotiate(world, a, b, { delayMs: 200 });
    const isOpen = world.runUntil(5 * seconds, () => a.channel.state === "open");
    expect(isOpen).toBe(true);
    // The answer is there at 400 ms; then a round trip for checks, one for what is left of DTLS, two for SCTP.
    expect(world.now).toBeLessThan(400 + 4 * 40 + 5);
  });

  it("end in order: the channel closes on the other side, and so does DTLS", () => {
    const { world, a, b } = connected();
    a.run((one, now) => one.close(now));
    world.run(100);
    expect(a.connection.connectionState).toBe("closed");
    expect(a.connection.deadline).toBeUndefined();
    expect(b.channel.state).toBe("closed");
    expect(b.connection.transport.dtlsState).toBe("closed");
  });

  it("notice that the other one has another certificate than signaling said", () => {
    const { world, a, b } = pair();
    a.open("chat");
    const offer = a.offer();
    const hex = /a=fingerprint:sha-256 (..)/.exec(offer.sdp)?.[1] === "00" ? "01" : "00";
    const forged = offer.sdp.replace(/(a=fingerprint:sha-256 )../, `$1${hex}`);
    const answer = b.answer({ type: "offer", sdp: forged });
    a.tellCandidate = () => {};
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const event of from.types("candidate")) {
        if (event.type !== "candidate") continue;
        world.at(50, () =>
          to.run((one, now) =>
            one.addIceCandidate({ candidate: event.line, sdpMid: event.mid }, now),
          ),
        );
      }
    }
    a.accept(answer);
    world.run(3 * seconds);
    expect(b.connection.connectionState).toBe("failed");
    expect(b.types("dtls-state").at(-1)).toMatchObject({ reason: "fingerprint-mismatch" });
    expect(b.channels).toEqual([]);
  });

  it("take packets that are none without harm", () => {
    const { world, a, b } = connected();
    for (let i = 0; i < 500; i += 1) {
      const bytes = world.random.bytes(world.random.between(0, 80));
      const remote = { ip: "203.0.113.1", port: world.random.between(1, 65_535) };
      b.run((one, now) => one.receive({ base: 0, remote, bytes }, now));
    }
    a.send("still here");
    world.run(100);
    expect(b.texts).toEqual(["still here"]);
  });
});

describe("an ICE restart", () => {
  it("keeps the session: messages go on, with fresh credentials on both sides", () => {
    const { world, a, b } = connected();
    const before = [a, b].map((one) => one.connection.ice.localCredentials.ufrag);
    negotiate(world, a, b, { iceRestart: true });
    a.send("meanwhile");
    world.run(2 * seconds);
    const after = [a, b].map((one) => one.connection.ice.localCredentials.ufrag);
    expect(after.filter((ufrag) => before.includes(ufrag))).toEqual([]);
    a.send("after");
    b.send("too");
    world.run(seconds);
    expect([b.texts, a.texts]).toEqual([["meanwhile", "after"], ["too"]]);
    expect(b.types("dtls-state")).toHaveLength(2);
  });

  it("is wanted until it was negotiated", () => {
    const { world, a, b } = connected();
    expect(a.connection.isNegotiationNeeded).toBe(false);
    a.run((one) => one.restartIce());
    expect(a.connection.isNegotiationNeeded).toBe(true);
    negotiate(world, a, b);
    world.run(seconds);
    expect(a.connection.isNegotiationNeeded).toBe(false);
  });

  it("brings a session back whose way was lost for good", () => {
    const world = new World(3);
    const home = world.hostBehind(natKinds["full cone"], { delayMs: 10 });
    const a = new TestPeer(world, home.host);
    const b = new TestPeer(world, world.host(["203.0.113.2"], { delayMs: 10 }));
    a.open("chat");
    negotiate(world, a, b);
    world.runUntil(5 * seconds, () => b.channels.length > 0);
    home.host.cut();
    world.run(60 * seconds);
    expect(a.connection.connectionState).toBe("failed");
    home.host.heal();
    a.send("kept");
    negotiate(world, a, b, { iceRestart: true });
    const isBack = world.runUntil(world.now + 120 * seconds, () => b.texts.includes("kept"));
    expect(isBack).toBe(true);
    expect(a.connection.connectionState).toBe("connected");
  });

  it("that is rolled back leaves everything as it was", () => {
    const { world, a, b } = connected();
    const before = a.connection.ice.localCredentials;
    a.offer({ iceRestart: true });
    expect(a.connection.ice.localCredentials).not.toEqual(before);
    a.run((one, now) => one.setLocalDescription({ type: "rollback", sdp: "" }, now));
    expect(a.connection.ice.localCredentials).toEqual(before);
    world.run(40 * seconds);
    a.send("still");
    world.run(seconds);
    expect(b.texts).toEqual(["still"]);
    expect(a.connection.connectionState).toBe("connected");
  });
});

describe("both offer at once", () => {
  it("the one that rolls back is found all the same", () => {
    const { world, a, b } = pair();
    a.open("from a");
    b.open("from b");
    const offer = a.offer();
    b.offer();
    b.run((one, now) => one.setLocalDescription({ type: "rollback", sdp: "" }, now));
    const spent = b.types("candidate").length;
    const answer = b.answer(offer);
    a.accept(answer);
    for (const event of b.types("candidate").slice(spent)) {
      if (event.type !== "candidate") continue;
      a.run((one, now) => one.addIceCandidate({ candidate: event.line, sdpMid: event.mid }, now));
    }
    world.runUntil(5 * seconds, () => a.channels.length === 2 && b.channels.length === 2);
    expect(a.channels.map(({ label }) => label)).toEqual(["from a", "from b"]);
    expect(b.channels.map(({ label }) => label)).toEqual(["from b", "from a"]);
  });
});

describe("candidates", () => {
  it("with a name wait for its address", () => {
    const { world, a, b } = pair({ nameOf: () => "0f1d.local" });
    a.open("chat");
    const offer = a.offer();
    const answer = b.answer(offer);
    a.accept(answer);
    const told = b.types("candidate")[0];
    if (told?.type !== "candidate") throw new Error("no candidate");
    expect(told.line).toContain("0f1d.local");
    a.run((one, now) => one.addIceCandidate({ candidate: told.line, sdpMid: "0" }, now));
    expect(a.types("resolve")).toEqual([{ type: "resolve", name: "0f1d.local" }]);
    a.run((one, now) => one.resolved("0f1d.local", "203.0.113.2", now));
    world.runUntil(5 * seconds, () => b.channels.length > 0);
    expect(b.channel.state).toBe("open");
  });

  it("are told in the descriptions as they become known, on both sides", () => {
    const { world, a, b } = connected();
    world.run(seconds);
    expect(a.connection.local("current")?.sdp).toMatch(/a=candidate:.* 203\.0\.113\.1 /);
    expect(a.connection.local("current")?.sdp).toMatch(/\r\na=end-of-candidates\r\n/);
    expect(a.connection.remote("current")?.sdp).toMatch(/a=candidate:.* 203\.0\.113\.2 /);
    expect(b.connection.remote("current")?.sdp).toMatch(/a=candidate:.* 203\.0\.113\.1 /);
  });

  it("suffice within the descriptions, without trickling", () => {
    const { world, a, b } = pair();
    a.open("chat");
    a.offer();
    const offer = a.connection.local("pending");
    const answer = offer && b.answer(offer);
    expect(answer).toBeDefined();
    const whole = b.connection.local("current");
    if (whole !== undefined) a.accept(whole);
    expect(world.runUntil(5 * seconds, () => b.channels.length > 0)).toBe(true);
  });

  it.each([
    ["nonsense", { candidate: "candidate:what", sdpMid: "0" }],
    ["an unknown section", { candidate: "", sdpMid: "7" }],
    ["a place beyond the last", { candidate: "", sdpMLineIndex: 4 }],
    ["another generation", { candidate: "", sdpMid: "0", usernameFragment: "nobody" }],
  ])("are refused: %s", (_, candidate) => {
    const { a } = connected();
    expect(() => a.run((one, now) => one.addIceCandidate(candidate, now))).toThrow(
      expect.objectContaining({ code: "invalid-candidate" }),
    );
  });

  it("are refused where there is no description yet", () => {
    const { a } = pair();
    expect(() => a.run((one, now) => one.addIceCandidate({ candidate: "" }, now))).toThrow(
      expect.objectContaining({ code: "invalid-state" }),
    );
  });
});
