import fc from "fast-check";
import { expect, it } from "vitest";
import { ReplayWindow } from "./replay-window.ts";

it("answers as a set of all numbers would, and refuses what is too old to know", () => {
  const step = fc.integer({ min: -1500, max: 1500 });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const window = new ReplayWindow();
      const seen = new Set<number>();
      let newest = -1;
      for (const each of steps) {
        const sequence = Math.max(0, newest + each);
        const isFresh = !seen.has(sequence) && sequence > newest - 1024;
        expect(window.isFresh(sequence)).toBe(isFresh);
        if (!isFresh) continue;
        window.mark(sequence);
        seen.add(sequence);
        newest = Math.max(newest, sequence);
      }
    }),
  );
});

it("works up to the last number of an epoch", () => {
  const window = new ReplayWindow();
  const last = 0xffff_ffff_ffff;
  window.mark(0);
  expect(window.isFresh(last)).toBe(true);
  window.mark(last);
  expect(window.isFresh(last)).toBe(false);
  expect(window.isFresh(last - 1)).toBe(true);
  expect(window.isFresh(0)).toBe(false);
});
