import fc from "fast-check";
import { expect, it } from "vitest";
import { ReceivedTsns } from "./received-tsns.ts";

it("knows what a set would know, and reports its gaps", () => {
  const step = fc.record({ forward: fc.nat(9).map((n) => n === 0), sequence: fc.nat(40) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const tsns = new ReceivedTsns();
      const model = new Set<number>();
      for (const { forward, sequence } of steps) {
        expect(tsns.has(sequence)).toBe(model.has(sequence));
        if (forward) {
          tsns.advance(sequence);
          for (let i = 0; i <= sequence; i += 1) model.add(i);
        } else if (!tsns.has(sequence)) {
          tsns.add(sequence);
          model.add(sequence);
        }
        let cumulative = -1;
        while (model.has(cumulative + 1)) cumulative += 1;
        expect(tsns.cumulative).toBe(cumulative);
        expect(tsns.highest).toBe(Math.max(cumulative, ...model));
      }
      const reported: number[] = [];
      const gaps = tsns.gaps(100);
      for (let i = 0; i < gaps.length; i += 2) {
        for (let offset = gaps[i] as number; offset <= (gaps[i + 1] as number); offset += 1) {
          reported.push(tsns.cumulative + offset);
        }
      }
      const beyond = [...model].filter((one) => one > tsns.cumulative);
      expect(reported).toEqual(beyond.sort((x, y) => x - y));
    }),
  );
});

it("refuses a gap too many", () => {
  const tsns = new ReceivedTsns();
  let accepted = 0;
  for (let sequence = 1; sequence < 60_000; sequence += 2) if (tsns.add(sequence)) accepted += 1;
  expect(accepted).toBe(2048);
  expect(tsns.add(2)).toBe(true);
});
