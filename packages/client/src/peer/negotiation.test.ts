import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeConnection, sdp } from "../testing/fake-connection.ts";
import { type NegotiableConnection, Negotiation, type NegotiationBody } from "./negotiation.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("whoever changes what and when: it settles, on the latest of both sides", async () => {
  const change = fc.record({ who: fc.nat(1), afterMs: fc.nat(40) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 40 }),
      fc.array(fc.nat(50), { minLength: 7, maxLength: 7 }),
      async (changes, delays) => {
        const { ends, faults } = pair(delays);
        for (const { who, afterMs } of changes) {
          ends[who]?.pc.change();
          await vi.advanceTimersByTimeAsync(afterMs);
        }
        await vi.advanceTimersByTimeAsync(20_000);
        const [a, b] = ends;
        expect(faults).toEqual([]);
        expect([a.pc.signalingState, b.pc.signalingState]).toEqual(["stable", "stable"]);
        expect([a.pc.heard, b.pc.heard]).toEqual([b.pc.content, a.pc.content]);
      },
    ),
    { numRuns: 150 },
  );
});

test("an offer that is lost with its server is made again after a restart", async () => {
  const { ends } = pair([5]);
  const [a, b] = ends;
  a.cut = true;
  a.pc.change();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(a.pc.signalingState).toBe("have-local-offer");
  a.cut = false;
  a.negotiation.restart();
  b.negotiation.restart();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([a.pc.signalingState, b.pc.heard]).toEqual(["stable", 1]);
});

test("an answer that was begun before a restart is not sent after it", async () => {
  const { negotiation, sent } = single(true);
  negotiation.receive(offer("x"));
  await vi.advanceTimersByTimeAsync(1);
  negotiation.restart();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent.filter(({ type }) => type === "answer")).toEqual([]);
});

test("candidates that come before their description wait for it; those of another are dropped", async () => {
  const { negotiation, pc, faults } = single(true);
  negotiation.receive(candidate("x"));
  negotiation.receive(candidate("other"));
  await vi.advanceTimersByTimeAsync(100);
  expect(pc.candidates).toEqual([]);
  negotiation.receive(offer("x"));
  negotiation.receive(candidate("x"));
  await vi.advanceTimersByTimeAsync(100);
  expect(pc.candidates).toEqual(["x", "x"]);
  expect(faults).toEqual([]);
});

test("no more than 64 early candidates are kept", async () => {
  const { negotiation, pc } = single(true);
  for (let index = 0; index < 200; index += 1) negotiation.receive(candidate("x"));
  await vi.advanceTimersByTimeAsync(1_000);
  negotiation.receive(offer("x"));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(pc.candidates).toHaveLength(64);
});

test("a candidate that is refused is a fault, unless its offer was ignored", async () => {
  const { negotiation, pc, faults } = single(false);
  negotiation.receive(offer("x"));
  await vi.advanceTimersByTimeAsync(100);
  pc.refusesCandidates = true;
  negotiation.receive(candidate("x"));
  await vi.advanceTimersByTimeAsync(100);
  expect(faults).toEqual(["candidate"]);
  pc.change();
  await vi.advanceTimersByTimeAsync(100);
  negotiation.receive(offer("x"));
  negotiation.receive(candidate("x"));
  await vi.advanceTimersByTimeAsync(100);
  expect(pc.signalingState).toBe("have-local-offer");
  expect(faults).toEqual(["candidate"]);
});

test("an offer of another connection goes on to a new one, with all that came behind it", async () => {
  const { negotiation, foreign, pc } = single(true);
  negotiation.receive(offer("x"));
  await vi.advanceTimersByTimeAsync(100);
  const rest = [offer("y"), candidate("y"), candidate("y")];
  for (const body of rest) negotiation.receive(body);
  await vi.advanceTimersByTimeAsync(100);
  expect(foreign).toEqual([rest]);
  expect(pc.candidates).toEqual([]);
});

test("an offer goes on to a new connection when this one is closed, also on the impolite side", async () => {
  const { negotiation, foreign, pc } = single(false);
  Object.defineProperty(pc, "signalingState", { value: "closed" });
  negotiation.receive(offer("x"));
  await vi.advanceTimersByTimeAsync(100);
  expect(foreign).toEqual([[offer("x")]]);
});

test("an answer that nobody waits for is ignored, a description that is refused is a fault", async () => {
  const { negotiation, faults } = single(true);
  negotiation.receive({ type: "answer", sdp: sdp("x", 1, "x") });
  await vi.advanceTimersByTimeAsync(100);
  expect(faults).toEqual([]);
  negotiation.receive({ type: "offer", sdp: "garbage" });
  await vi.advanceTimersByTimeAsync(100);
  expect(faults).toEqual(["description"]);
});

test("who waits for an offer answers it, and offers by itself only what is left", async () => {
  const { negotiation, pc, sent } = single(true, true);
  pc.change();
  await vi.advanceTimersByTimeAsync(100);
  negotiation.receive(offer("x"));
  await vi.advanceTimersByTimeAsync(100);
  expect(sent.filter(({ type }) => type !== "candidate").map(({ type }) => type)).toEqual([
    "answer",
  ]);
  pc.change();
  await vi.advanceTimersByTimeAsync(100);
  expect(sent.filter(({ type }) => type !== "candidate").map(({ type }) => type)).toEqual([
    "answer",
    "offer",
  ]);
});

test("who waits for an offer that never comes offers after all", async () => {
  const { pc, sent } = single(true, true);
  pc.change();
  await vi.advanceTimersByTimeAsync(2000);
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(sent[0]?.type).toBe("offer");
});

interface End {
  readonly pc: FakeConnection;
  readonly negotiation: Negotiation;
  /** Whether what this end sends gets lost. */
  cut: boolean;
}

/** Two ends that send each other messages in order, each message with the next of the delays. */
function pair(delays: readonly number[]): { ends: [End, End]; faults: unknown[] } {
  const faults: unknown[] = [];
  let sent = 0;
  const delay = () => {
    sent += 1;
    return delays[sent % delays.length] ?? 0;
  };
  const end = (name: string, polite: boolean, other: () => End): End => {
    const pc = new FakeConnection(name, delay);
    let freeAt = 0;
    const negotiation = new Negotiation({
      pc: pc as unknown as NegotiableConnection,
      polite,
      waitForOffer: false,
      send: (body) => {
        if (made.cut) return;
        freeAt = Math.max(freeAt, Date.now() + delay());
        setTimeout(() => other().negotiation.receive(body), freeAt - Date.now());
      },
      beforeDescription: () => {},
      onForeign: () => faults.push("foreign"),
      onFault: (what, error) => faults.push(what, String(error)),
    });
    const made: End = { pc, negotiation, cut: false };
    return made;
  };
  const a: End = end("a", true, () => b);
  const b: End = end("b", false, () => a);
  return { ends: [a, b], faults };
}

function single(polite: boolean, waitForOffer = false) {
  const pc = new FakeConnection("me", () => 1);
  const faults: string[] = [];
  const foreign: (readonly NegotiationBody[])[] = [];
  const sent: NegotiationBody[] = [];
  const negotiation = new Negotiation({
    pc: pc as unknown as NegotiableConnection,
    polite,
    waitForOffer,
    send: (body) => sent.push(body),
    beforeDescription: () => {},
    onForeign: (bodies) => foreign.push(bodies),
    onFault: (what) => faults.push(what),
  });
  return { pc, negotiation, faults, foreign, sent };
}

function offer(session: string): NegotiationBody {
  return { type: "offer", sdp: sdp(session, 1, session) };
}

function candidate(usernameFragment: string): NegotiationBody {
  return { type: "candidate", candidate: { candidate: usernameFragment, usernameFragment } };
}
