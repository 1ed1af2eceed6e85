import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nodeDtlsCrypto } from "../node/index.ts";
import { parseDescription } from "../sdp/index.ts";
import { PeerConnection as Peer, type PeerConnection, type SignalingState } from "./index.ts";
import { nextSignalingState } from "./signaling-state.ts";
import { certificate } from "./test-rig.ts";

const fixtures = new URL("../sdp/fixtures/", import.meta.url);
const sample = (name: string): string => readFileSync(new URL(name, fixtures), "utf8");

function peer(hasChannel = true): PeerConnection {
  const one = new Peer({ crypto: nodeDtlsCrypto, certificate });
  if (hasChannel) one.openChannel({ label: "x" }, 0);
  return one;
}

function set(one: PeerConnection, side: "local" | "remote", type: "offer" | "answer", sdp: string) {
  if (side === "local") one.setLocalDescription({ type, sdp }, 0);
  else one.setRemoteDescription({ type, sdp }, 0);
}

function agreed(): { a: PeerConnection; b: PeerConnection } {
  const [a, b] = [peer(), peer(false)];
  const offer = a.createOffer();
  set(a, "local", "offer", offer);
  set(b, "remote", "offer", offer);
  const answer = b.createAnswer();
  set(b, "local", "answer", answer);
  set(a, "remote", "answer", answer);
  return { a, b };
}

const lines = (sdp: string, start: string): string[] =>
  sdp.split("\r\n").filter((line) => line.startsWith(start));

describe("an offer", () => {
  it("has one section for data channels, and says what RFC 9429 §5.2.1 asks for", () => {
    const parsed = parseDescription(peer().createOffer());
    if (!parsed.ok) throw new Error(parsed.fault);
    const { bundles, sections, session } = parsed.value;
    expect(bundles).toEqual([["0"]]);
    expect(sections).toHaveLength(1);
    expect(sections[0]).toMatchObject({
      kind: "application",
      mid: "0",
      protocol: "UDP/DTLS/SCTP",
      transport: { setup: "actpass", iceOptions: ["trickle", "ice2"] },
      sctp: { port: 5000, maxMessageSize: 262_144 },
    });
    expect(session.origin.sessionId.length).toBeLessThan(20);
  });

  it("without channels has no sections", () => {
    expect(lines(peer(false).createOffer(), "m=")).toEqual([]);
  });

  it("counts its versions, under one session id", () => {
    const one = peer();
    const origins = [one.createOffer(), one.createOffer()].map((sdp) => lines(sdp, "o=")[0]);
    const [first, second] = origins.map((origin) => origin?.split(" ") ?? []);
    expect(second?.[1]).toBe(first?.[1]);
    expect(Number(second?.[2])).toBe(Number(first?.[2]) + 1);
  });

  it("after an answer keeps section, mid and credentials", () => {
    const { a } = agreed();
    const before = a.local("current")?.sdp ?? "";
    const again = a.createOffer();
    for (const start of ["m=", "a=mid", "a=ice-ufrag", "a=ice-pwd", "a=fingerprint"]) {
      expect(lines(again, start)).toEqual(lines(before, start));
    }
    expect(lines(again, "a=setup")).toEqual(["a=setup:actpass"]);
  });

  it("of the side that answered first has fresh credentials where a restart is asked for", () => {
    const { b } = agreed();
    const before = lines(b.local("current")?.sdp ?? "", "a=ice-ufrag");
    expect(lines(b.createOffer(), "a=ice-ufrag")).toEqual(before);
    expect(lines(b.createOffer({ iceRestart: true }), "a=ice-ufrag")).not.toEqual(before);
  });

  it("takes the place of a section that was rejected (RFC 9429 §5.2.2)", () => {
    const [one, browser] = [peer(false), sample("chromium-av-offer.sdp")];
    const withoutData = browser.slice(0, browser.indexOf("m=application")).replace(" 2\r", "\r");
    set(one, "remote", "offer", withoutData.replace(/BUNDLE 0 1 2/, "BUNDLE 0 1"));
    set(one, "local", "answer", one.createAnswer());
    expect(one.isNegotiationNeeded).toBe(false);
    one.openChannel({ label: "late" }, 0);
    expect(one.isNegotiationNeeded).toBe(true);
    const parsed = parseDescription(one.createOffer());
    if (!parsed.ok) throw new Error(parsed.fault);
    expect(parsed.value.sections.map(({ kind, isRejected }) => [kind, isRejected])).toEqual([
      ["application", false],
      ["video", true],
    ]);
    expect(["0", "1"]).not.toContain(parsed.value.sections[0]?.mid);
  });
});

describe("an answer", () => {
  const offers = readdirSync(fixtures).filter((name) => name.includes("offer"));
  it.each(offers)("to %s takes the data channels and rejects everything else", (name) => {
    const one = peer(false);
    const offer = sample(name);
    set(one, "remote", "offer", offer);
    const answer = one.createAnswer();
    set(one, "local", "answer", answer);
    const [theirs, ours] = [parseDescription(offer), parseDescription(answer)];
    if (!theirs.ok || !ours.ok) throw new Error("not parsed");
    expect(ours.value.sections.map(({ kind, mid, isRejected }) => [kind, mid, isRejected])).toEqual(
      theirs.value.sections.map(({ kind, mid }) => [kind, mid, kind !== "application"]),
    );
    const data = ours.value.sections.find(({ sctp }) => sctp !== undefined);
    expect(data?.transport?.setup).toBe("active");
    expect(ours.value.bundles.flat()).toEqual(
      theirs.value.bundles.flat().filter((mid) => mid === data?.mid),
    );
    expect(one.transport.dtlsRole).toBe("client");
  });

  it("to one that begins itself is passive", () => {
    const one = peer(false);
    set(
      one,
      "remote",
      "offer",
      sample("chromium-data-offer.sdp").replace("setup:actpass", "setup:active"),
    );
    expect(lines(one.createAnswer(), "a=setup")).toEqual(["a=setup:passive"]);
  });

  it("to the form of old drafts is in that form", () => {
    const one = peer(false);
    const old = sample("chromium-data-offer.sdp")
      .replace("m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "m=application 9 DTLS/SCTP 5000")
      .replace("a=sctp-port:5000", "a=sctpmap:5000 webrtc-datachannel 1024");
    set(one, "remote", "offer", old);
    const answer = one.createAnswer();
    expect(lines(answer, "m=")).toEqual(["m=application 9 DTLS/SCTP 5000"]);
    expect(lines(answer, "a=sctpmap")).toEqual(["a=sctpmap:5000 webrtc-datachannel 65535"]);
  });

  it("keeps the DTLS roles when the other side offers later", () => {
    const { a, b } = agreed();
    expect([a.transport.dtlsRole, b.transport.dtlsRole]).toEqual(["server", "client"]);
    const offer = b.createOffer();
    set(b, "local", "offer", offer);
    set(a, "remote", "offer", offer);
    const answer = a.createAnswer();
    expect(lines(answer, "a=setup")).toEqual(["a=setup:passive"]);
    set(a, "local", "answer", answer);
    set(b, "remote", "answer", answer);
    expect([a.transport.dtlsRole, b.transport.dtlsRole]).toEqual(["server", "client"]);
  });

  it("to a restart has fresh credentials, to anything else the old ones", () => {
    const { a, b } = agreed();
    const before = lines(b.local("current")?.sdp ?? "", "a=ice-ufrag");
    for (const iceRestart of [false, true]) {
      set(b, "remote", "offer", a.createOffer({ iceRestart }));
      const same = lines(b.createAnswer(), "a=ice-ufrag")[0] === before[0];
      expect(same).toBe(!iceRestart);
    }
  });
});

describe("an answer of others", () => {
  const answers = readdirSync(fixtures).filter((name) => name.includes("answer"));
  it.each(answers)("%s is taken", (name) => {
    expectTaken(sample(name));
  });

  const offers = readdirSync(fixtures).filter((name) => name.includes("offer"));
  it.each(offers)("in the words of %s is taken", (name) => {
    expectTaken(asAnswer(sample(name)));
  });

  function expectTaken(answer: string): void {
    const one = peer();
    set(one, "local", "offer", one.createOffer());
    set(one, "remote", "answer", answer);
    const parsed = parseDescription(answer);
    if (!parsed.ok) throw new Error(parsed.fault);
    const [section] = parsed.value.sections;
    expect(one.signalingState).toBe("stable");
    expect(one.transport.dtlsRole).toBe("server");
    expect(one.transport.terms).toMatchObject({
      fingerprints: section?.transport?.fingerprints.map(({ algorithm }) => ({ algorithm })),
      maxMessageSize: section?.sctp?.maxMessageSize,
    });
  }
});

/** An offer's session and data section as the same program would answer our section "0". */
function asAnswer(offer: string): string {
  const [session, ...sections] = offer.split(/^(?=m=)/m);
  const data = sections.find((section) => section.startsWith("m=application"));
  return `${session}${data}`
    .replace(/^a=group:BUNDLE.*$/m, "a=group:BUNDLE 0")
    .replace(/^a=mid:.*$/m, "a=mid:0")
    .replace(/^m=application 0 /m, "m=application 9 ")
    .replace(/^a=bundle-only\r?\n/m, "")
    .replace(/^a=setup:actpass/m, "a=setup:active");
}

describe("an offer of another association, which comes with an ICE restart", () => {
  it("is answered under another name, and the roles are chosen anew", () => {
    const { a } = agreed();
    expect(a.transport.dtlsRole).toBe("server");
    const before = lines(a.local("current")?.sdp ?? "", "a=tls-id");
    set(a, "remote", "offer", sample("chromium-data-offer.sdp"));
    const answer = a.createAnswer();
    expect(lines(answer, "a=setup")).toEqual(["a=setup:active"]);
    expect(lines(answer, "a=tls-id")).not.toEqual(before);
    set(a, "local", "answer", answer);
    expect(a.transport.dtlsRole).toBe("client");
    expect(lines(a.createOffer(), "a=tls-id")).toEqual(lines(answer, "a=tls-id"));
  });
});

describe("descriptions are refused", () => {
  const refusal = (act: () => void): unknown => {
    try {
      act();
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
    return undefined;
  };
  const offer = (): string => sample("chromium-data-offer.sdp");

  it("in states that they do not belong to, and nothing changes by that", () => {
    const one = peer();
    const made = one.createOffer();
    expect(refusal(() => set(one, "remote", "answer", made))).toBe("invalid-state");
    expect(refusal(() => set(one, "local", "answer", made))).toBe("invalid-state");
    expect(refusal(() => one.createAnswer())).toBe("invalid-state");
    expect(refusal(() => one.setLocalDescription({ type: "rollback", sdp: "" }, 0))).toBe(
      "invalid-state",
    );
    set(one, "local", "offer", made);
    expect(refusal(() => set(one, "remote", "offer", offer()))).toBe("invalid-state");
    expect(one.signalingState).toBe("have-local-offer");
  });

  it("where they are none, with the line", () => {
    expect(refusal(() => set(peer(), "remote", "offer", "v=0\r\nthis is none\r\n"))).toBe(
      "sdp-syntax",
    );
    expect(() => set(peer(), "remote", "offer", "v=0\r\nthis is none\r\n")).toThrow(
      expect.objectContaining({ line: 2 }),
    );
  });

  it("where this side did not make them", () => {
    const one = peer();
    const made = one.createOffer();
    one.createOffer();
    expect(refusal(() => set(one, "local", "offer", made))).toBe("invalid-modification");
  });

  it.each([
    ["without a fingerprint", (sdp: string) => sdp.replace(/a=fingerprint.*\r?\n/, "")],
    [
      "with ICE credentials that are too short",
      (sdp: string) => sdp.replace(/(ice-pwd:).*/, "$1x"),
    ],
  ])("%s", (_, change) => {
    expect(refusal(() => set(peer(), "remote", "offer", change(offer())))).toBe(
      "invalid-description",
    );
  });

  it("where an answer does not fit the offer", () => {
    const one = peer();
    set(one, "local", "offer", one.createOffer());
    const answer = sample("chromium-data-answer.sdp");
    const foreign = answer.replace("a=mid:0", "a=mid:9").replace("BUNDLE 0", "BUNDLE 9");
    expect(refusal(() => set(one, "remote", "answer", foreign))).toBe("invalid-description");
    const undecided = answer.replace("setup:active", "setup:actpass");
    expect(refusal(() => set(one, "remote", "answer", undecided))).toBe("invalid-description");
    set(one, "remote", "answer", answer);
    expect(one.signalingState).toBe("stable");
  });

  it("where another certificate turns up without an ICE restart (RFC 9429 §5.11)", () => {
    const { a, b } = agreed();
    const [, other] = /(a=fingerprint:.*)/.exec(offer()) ?? [];
    const forge = (sdp: string): string => sdp.replace(/a=fingerprint:.*/, other ?? "");
    expect(refusal(() => set(b, "remote", "offer", forge(a.createOffer())))).toBe(
      "invalid-description",
    );
    set(b, "remote", "offer", a.createOffer());
    set(a, "local", "offer", a.createOffer());
    expect(refusal(() => set(a, "remote", "answer", forge(b.createAnswer())))).toBe(
      "invalid-description",
    );
  });
});

describe("the signaling states (RFC 9429 §3.2)", () => {
  const states: SignalingState[] = [
    "stable",
    "have-local-offer",
    "have-remote-offer",
    "have-local-pranswer",
    "have-remote-pranswer",
    "closed",
  ];
  const legal = states.flatMap((state) =>
    (["local", "remote"] as const).flatMap((side) =>
      (["offer", "pranswer", "answer", "rollback"] as const).flatMap((type) => {
        const next = nextSignalingState(state, side, type);
        return next === undefined ? [] : [`${state} ${side} ${type} ${next}`];
      }),
    ),
  );

  it("follow each other as in figure 2", () => {
    expect(legal).toEqual([
      "stable local offer have-local-offer",
      "stable remote offer have-remote-offer",
      "have-local-offer local offer have-local-offer",
      "have-local-offer local rollback stable",
      "have-local-offer remote pranswer have-remote-pranswer",
      "have-local-offer remote answer stable",
      "have-remote-offer local pranswer have-local-pranswer",
      "have-remote-offer local answer stable",
      "have-remote-offer remote offer have-remote-offer",
      "have-remote-offer remote rollback stable",
      "have-local-pranswer local pranswer have-local-pranswer",
      "have-local-pranswer local answer stable",
      "have-remote-pranswer remote pranswer have-remote-pranswer",
      "have-remote-pranswer remote answer stable",
    ]);
  });
});
