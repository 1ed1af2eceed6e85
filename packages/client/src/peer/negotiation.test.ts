import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
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

function sdp(session: string, content: number, ufrag: string): string {
  return `v=0\r\no=- ${session} 1 IN IP4 0.0.0.0\r\na=ice-ufrag:${ufrag}\r\na=content:${content}\r\n`;
}

interface FakeDescription {
  readonly type: "offer" | "answer";
  readonly sdp: string;
}

/**
 * The signaling state machine of W3C WebRTC §4.4.1.5 and §4.7.3: an operations chain, implicit
 * descriptions, rollback, negotiationneeded. What is negotiated is one number for each side.
 */
class FakeConnection extends EventTarget {
  content = 0;
  refusesCandidates = false;
  readonly candidates: string[] = [];
  readonly #session: string;
  readonly #delay: () => number;
  #generation = 0;
  #chain: Promise<unknown> = Promise.resolve();
  #operations = 0;
  #flag = false;
  #local: FakeDescription | null = null;
  #remote: FakeDescription | null = null;
  #pendingLocal: FakeDescription | null = null;
  #pendingRemote: FakeDescription | null = null;

  constructor(session: string, delay: () => number) {
    super();
    this.#session = session;
    this.#delay = delay;
  }

  get signalingState(): RTCSignalingState {
    if (this.#pendingLocal !== null) return "have-local-offer";
    return this.#pendingRemote === null ? "stable" : "have-remote-offer";
  }

  get localDescription(): FakeDescription | null {
    return this.#pendingLocal ?? this.#local;
  }

  get remoteDescription(): FakeDescription | null {
    return this.#pendingRemote ?? this.#remote;
  }

  /** What the other side has told of itself. */
  get heard(): number {
    return contentOf(this.#remote);
  }

  change(): void {
    this.content += 1;
    this.#update();
  }

  setLocalDescription(): Promise<void> {
    return this.#operate(() => {
      this.#generation += 1;
      const made = sdp(this.#session, this.content, `${this.#session}${this.#generation}`);
      if (this.#pendingRemote === null) {
        this.#pendingLocal = { type: "offer", sdp: made };
      } else {
        this.#local = { type: "answer", sdp: made };
        this.#remote = this.#pendingRemote;
        this.#pendingRemote = null;
        this.#stable();
      }
      const usernameFragment = `${this.#session}${this.#generation}`;
      const found = { candidate: "host", usernameFragment, toJSON: () => found };
      setTimeout(() => this.#fire("icecandidate", { candidate: found }), this.#delay());
    });
  }

  setRemoteDescription(description: FakeDescription): Promise<void> {
    return this.#operate(() => {
      if (!description.sdp.startsWith("v=0")) throw new Error("OperationError");
      if (description.type === "offer") {
        this.#pendingLocal = null;
        this.#pendingRemote = description;
        return;
      }
      if (this.#pendingLocal === null) throw new Error("InvalidStateError");
      this.#local = this.#pendingLocal;
      this.#pendingLocal = null;
      this.#remote = description;
      this.#stable();
    });
  }

  addIceCandidate({ candidate: text = "", usernameFragment }: RTCIceCandidateInit): Promise<void> {
    return this.#operate(() => {
      if (this.refusesCandidates) throw new Error("OperationError");
      if (!this.remoteDescription?.sdp.includes(`a=ice-ufrag:${usernameFragment}\r\n`)) {
        throw new Error("OperationError");
      }
      this.candidates.push(text);
    });
  }

  #operate(step: () => void): Promise<void> {
    this.#operations += 1;
    const done = this.#chain.then(async () => {
      await new Promise((resolve) => setTimeout(resolve, this.#delay()));
      try {
        step();
      } finally {
        this.#operations -= 1;
        if (this.#operations === 0) this.#update();
      }
    });
    this.#chain = done.catch(() => {});
    return done;
  }

  #stable(): void {
    this.#flag = false;
    this.#update();
  }

  #update(): void {
    if (this.#operations > 0 || this.signalingState !== "stable") return;
    if (this.content === contentOf(this.#local)) this.#flag = false;
    else if (!this.#flag) {
      this.#flag = true;
      setTimeout(() => {
        if (this.#operations > 0) {
          this.#flag = false;
        } else if (this.#flag && this.signalingState === "stable") {
          this.#fire("negotiationneeded", {});
        }
      });
    }
  }

  #fire(type: string, fields: object): void {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

function contentOf(description: FakeDescription | null): number {
  return Number(/a=content:(\d+)/.exec(description?.sdp ?? "")?.[1] ?? 0);
}
