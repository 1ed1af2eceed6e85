import { describe, expect, it } from "vitest";
import type { RoomEvent } from "./messages.ts";
import { Outbox } from "./outbox.ts";

const GONE: RoomEvent = { type: "peer-reconnecting", peer: "abcdefgh234567ab" };
const BYTES = Buffer.byteLength(JSON.stringify({ ...GONE, seq: 1 }));

describe("Outbox", () => {
  it("numbers from 1, and keeps what has not been received", () => {
    const outbox = new Outbox({ messages: 10, bytes: 10_000 });
    for (let seq = 1; seq <= 4; seq += 1) expect(outbox.push(GONE)?.seq).toBe(seq);
    outbox.forget(2);
    expect(outbox.waiting.map(({ seq }) => seq)).toEqual([3, 4]);
    outbox.forget(1);
    expect(outbox.waiting).toHaveLength(2);
    outbox.forget(99);
    expect(outbox.waiting).toHaveLength(0);
    expect(outbox.push(GONE)?.seq).toBe(5);
  });

  it("takes no more than its messages, and takes more once some are received", () => {
    const outbox = new Outbox({ messages: 2, bytes: 10_000 });
    outbox.push(GONE);
    outbox.push(GONE);
    expect(outbox.push(GONE)).toBeUndefined();
    outbox.forget(1);
    expect(outbox.push(GONE)?.seq).toBe(3);
  });

  it("takes no more than its bytes", () => {
    const outbox = new Outbox({ messages: 10, bytes: 2 * BYTES });
    outbox.push(GONE);
    outbox.push(GONE);
    expect(outbox.push(GONE)).toBeUndefined();
    outbox.forget(2);
    expect(outbox.push(GONE)?.seq).toBe(3);
  });
});
