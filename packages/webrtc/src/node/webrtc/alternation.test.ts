import { describe, expect, it } from "vitest";
import { Alternation } from "./alternation.ts";

/** Turns of so many milliseconds each, from one time on; answers when the last one ended. */
function takeTurns(alternation: Alternation, count: number, ms: number, from = 0): number {
  for (let i = 0; i < count; i += 1) {
    alternation.asked(from + i * ms);
    alternation.answered(from + (i + 1) * ms);
  }
  return from + count * ms;
}

describe("staying awake for an answer", () => {
  it("is for sides that have taken many quick turns, and ends where their answers would have come", () => {
    const alternation = new Alternation();
    const now = takeTurns(alternation, 32, 0.3);
    expect(alternation.isAnswerDue(now)).toBe(false);
    alternation.asked(now);
    expect(alternation.isAnswerDue(now + 0.5)).toBe(true);
    expect(alternation.isAnswerDue(now + 1.5)).toBe(false);
    expect(alternation.isAnswerDue(now + 0.5)).toBe(false);
  });

  it("is not for the first turns", () => {
    const alternation = new Alternation();
    const now = takeTurns(alternation, 31, 0.3);
    alternation.asked(now);
    expect(alternation.isAnswerDue(now)).toBe(false);
  });

  it("is not for a long line", () => {
    const alternation = new Alternation();
    const now = takeTurns(alternation, 1000, 2);
    alternation.asked(now);
    expect(alternation.isAnswerDue(now)).toBe(false);
  });

  it("is not for a stream, in either direction", () => {
    const alternation = new Alternation();
    let now = takeTurns(alternation, 100, 0.3);
    for (let i = 0; i < 100; i += 1) alternation.answered(now);
    alternation.asked(now);
    expect(alternation.isAnswerDue(now)).toBe(true);
    now += 0.1;
    alternation.asked(now);
    expect(alternation.isAnswerDue(now)).toBe(false);
  });

  it("bears with a late answer now and then, but not with many", () => {
    const alternation = new Alternation();
    let now = takeTurns(alternation, 64, 0.3);
    now = takeTurns(alternation, 1, 5, now);
    alternation.asked(now);
    expect(alternation.isAnswerDue(now)).toBe(true);
    alternation.answered(now + 5);
    now = takeTurns(alternation, 30, 0.3, now + 5);
    alternation.asked(now);
    expect(alternation.isAnswerDue(now)).toBe(false);
  });

  it("costs a side that cannot be answered meanwhile no more than a thirtieth of its turns", () => {
    const alternation = new Alternation();
    let now = 0;
    let disappointed = 0;
    for (let i = 0; i < 1000; i += 1) {
      alternation.asked(now);
      if (alternation.isAnswerDue(now)) {
        disappointed += 1;
        expect(alternation.isAnswerDue(now + 1.1)).toBe(false);
        now += 1.1;
      } else now += 0.3;
      alternation.answered(now);
    }
    expect(disappointed).toBeGreaterThan(0);
    expect(disappointed).toBeLessThan(1000 / 30);
  });
});
