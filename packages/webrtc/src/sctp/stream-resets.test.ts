import { describe, expect, it } from "vitest";
import { Timers } from "../wire/index.ts";
import type { AssociationCore } from "./association-core.ts";
import { decodeReconfig, RESULT, type Reconfiguration } from "./reconfig-chunk.ts";
import { RoundTrip } from "./round-trip.ts";
import { StreamResets } from "./stream-resets.ts";
import type { TimerName } from "./timer-name.ts";

function prepared(): {
  resets: StreamResets;
  said: () => Reconfiguration[];
  told: string[];
  peer: { cumulativeTsn: number };
} {
  const chunks: Uint8Array[] = [];
  const told: string[] = [];
  const peer = { cumulativeTsn: 99, reset: () => {} };
  const core = {
    maxTimeouts: 10,
    timers: new Timers<TimerName>(),
    roundTrip: new RoundTrip(),
    sender: { lastTsn: 500 },
    receiver: peer,
    send: (chunk: Uint8Array) => chunks.push(chunk),
  } as unknown as AssociationCore;
  const resets = new StreamResets(
    core,
    1000,
    { initialTsn: 100, outboundStreams: 65_000 },
    {
      incomingReset: (ids) => told.push(`in ${ids}`),
      outgoingReset: (ids, performed) => told.push(`out ${ids} ${performed}`),
    },
  );
  const said = (): Reconfiguration[] =>
    chunks.splice(0).flatMap((chunk) => {
      const length = ((chunk[2] as number) << 8) | (chunk[3] as number);
      const decoded = decodeReconfig(chunk, 0, length);
      return decoded.ok ? decoded.value : [];
    });
  return { resets, said, told, peer };
}

const answer = (request: number, result: number): Reconfiguration => ({
  type: "response",
  request,
  result,
});
const reset = (request: number, lastTsn: number, streamIds: number[]): Reconfiguration => ({
  type: "outgoing-reset",
  request,
  response: 0,
  lastTsn,
  streamIds,
});

describe("our resets (RFC 6525 §5.1)", () => {
  it("go one at a time; those that come meanwhile share the next", () => {
    const { resets, said, told } = prepared();
    for (const id of [1, 2, 3]) resets.reset(id, 0);
    expect(said()).toMatchObject([{ request: 1000, response: 99, lastTsn: 500, streamIds: [1] }]);
    resets.receive([answer(1000, RESULT.performed)], 0);
    expect(said()).toMatchObject([{ request: 1001, streamIds: [2, 3] }]);
    resets.receive([answer(1000, RESULT.performed), answer(1001, RESULT.denied)], 0);
    expect(told).toEqual(["out 1 true", "out 2,3 false"]);
  });

  it("are sent again as they were, and not for ever", () => {
    const { resets, said } = prepared();
    resets.reset(1, 0);
    const [first] = said();
    for (let i = 0; i < 10; i += 1) expect(resets.handleTimeout(i)).toBe(true);
    expect(said()).toEqual(Array.from({ length: 10 }, () => first));
    expect(resets.handleTimeout(11)).toBe(false);
  });

  it("wait without end for a peer that says it is at work", () => {
    const { resets } = prepared();
    resets.reset(1, 0);
    for (let i = 0; i < 30; i += 1) {
      resets.receive([answer(1000, RESULT.inProgress)], i);
      expect(resets.handleTimeout(i)).toBe(true);
    }
  });
});

describe("the peer's requests (RFC 6525 §5.2)", () => {
  it("wait for the data that was sent before them, and are answered once more when it is there", () => {
    const { resets, said, told, peer } = prepared();
    resets.receive([reset(100, 120, [5])], 0);
    expect(said()).toEqual([answer(100, RESULT.inProgress)]);
    resets.dataReceived();
    expect(told).toEqual([]);
    peer.cumulativeTsn = 120;
    resets.dataReceived();
    expect(told).toEqual(["in 5"]);
    expect(said()).toEqual([answer(100, RESULT.performed)]);
    resets.receive([reset(100, 120, [5])], 0);
    expect([said(), told.length]).toEqual([[answer(100, RESULT.performed)], 1]);
  });

  it("are refused out of sequence, and where data channels have no use for them", () => {
    const { resets, said } = prepared();
    resets.receive([reset(105, 0, [])], 0);
    resets.receive([{ type: "incoming-reset", request: 100, streamIds: [1] }], 0);
    resets.receive([{ type: "tsn-reset", request: 101 }], 0);
    expect(said()).toEqual([
      answer(105, RESULT.badSequenceNumber),
      answer(100, RESULT.denied),
      answer(101, RESULT.denied),
    ]);
  });

  it("may add streams while there are identifiers", () => {
    const { resets, said } = prepared();
    resets.receive([{ type: "add-outgoing-streams", request: 100, count: 535 }], 0);
    resets.receive([{ type: "add-outgoing-streams", request: 101, count: 1 }], 0);
    expect(said()).toEqual([answer(100, RESULT.performed), answer(101, RESULT.denied)]);
  });
});
