import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HandshakeFragment } from "./handshake-message.ts";
import { Reassembly } from "./reassembly.ts";

function fragment(
  sequence: number,
  body: Uint8Array,
  offset = 0,
  end: number = body.length,
): HandshakeFragment {
  return { type: 11, sequence, length: body.length, offset, bytes: body.slice(offset, end) };
}

describe("Reassembly", () => {
  it("puts any overlapping pieces in any order together, once they cover the message", () => {
    const body = Uint8Array.from({ length: 200 }, (_, index) => index);
    const piece = fc
      .tuple(fc.nat(200), fc.nat(200))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
    fc.assert(
      fc.property(
        fc.array(piece as fc.Arbitrary<[number, number]>, { maxLength: 40 }),
        (pieces) => {
          const reassembly = new Reassembly();
          const covered = new Set<number>();
          for (const [start, end] of pieces) {
            for (let at = start; at < end; at += 1) covered.add(at);
            expect(reassembly.add(fragment(0, body, start, end), 0)).toBe("taken");
          }
          const message = reassembly.take();
          expect(message !== undefined).toBe(covered.size === body.length);
          if (message) expect(message.body).toEqual(body);
        },
      ),
    );
  });

  it("hands messages out in their order, empty ones as well", () => {
    const reassembly = new Reassembly();
    reassembly.add(fragment(1, new Uint8Array(0)), 0);
    expect(reassembly.take()).toBeUndefined();
    reassembly.add(fragment(0, Uint8Array.of(1)), 0);
    expect(reassembly.take()?.sequence).toBe(0);
    expect(reassembly.take()?.sequence).toBe(1);
    expect(reassembly.take()).toBeUndefined();
    expect(reassembly.add(fragment(1, Uint8Array.of(1)), 0)).toBe("old");
  });

  it("refuses what is too long, too early, or contradicts itself", () => {
    const reassembly = new Reassembly();
    const long = { type: 11, sequence: 0, length: 20_000, offset: 0, bytes: new Uint8Array(1) };
    expect(reassembly.add(long, 0)).toBe("message-too-long");
    expect(reassembly.add(fragment(8, Uint8Array.of(1)), 0)).toBe("message-too-early");
    reassembly.add(fragment(0, new Uint8Array(10), 0, 5), 0);
    expect(reassembly.add(fragment(0, new Uint8Array(11), 0, 5), 0)).toBe("contradictory-fragment");
    expect(reassembly.add({ ...fragment(0, new Uint8Array(10)), type: 1 }, 0)).toBe(
      "contradictory-fragment",
    );
  });

  it("refuses crumbs without end", () => {
    const reassembly = new Reassembly();
    const body = new Uint8Array(1000);
    const fates = Array.from({ length: 200 }, (_, index) =>
      reassembly.add(fragment(0, body, 4 * index, 4 * index + 1), 0),
    );
    expect(fates.filter((fate) => fate === "taken")).toHaveLength(64);
    expect(reassembly.add(fragment(0, body), 0)).toBe("taken");
    expect(reassembly.take()?.body).toEqual(body);
  });

  it("believes what came under keys over what came in clear", () => {
    const reassembly = new Reassembly();
    reassembly.add(fragment(0, new Uint8Array(100), 0, 5), 0);
    expect(reassembly.add(fragment(0, Uint8Array.of(1, 2)), 1)).toBe("taken");
    expect(reassembly.take()?.body).toEqual(Uint8Array.of(1, 2));
  });
});
