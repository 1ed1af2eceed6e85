import fc from "fast-check";
import { expect, it } from "vitest";
import { pair, say, types } from "./testing/pair.ts";

const world = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  delayMs: fc.integer({ min: 0, max: 150 }),
  mbitPerSecond: fc.constantFrom(1, 10, 100),
  queueBytes: fc.constantFrom(20_000, 100_000, 1_000_000),
  loss: fc.constantFrom(0, 0.01, 0.05, 0.2),
  duplicates: fc.constantFrom(0, 0.1),
  reorder: fc.constantFrom(0, 0.1, 0.5),
  reorderMs: fc.constantFrom(5, 100),
});
const message = fc.record({
  streamId: fc.integer({ min: 0, max: 4 }),
  size: fc.oneof(fc.integer({ min: 8, max: 300 }), fc.integer({ min: 8, max: 20_000 })),
  unordered: fc.boolean(),
});

it("no world loses, doubles or reorders a message of a reliable stream", () => {
  fc.assert(
    fc.property(
      world,
      fc.array(message, { minLength: 1, maxLength: 60 }),
      fc.boolean(),
      fc.boolean(),
      (settings, messages, interleaving, zeroChecksum) => {
        const both = pair(settings, { interleaving, zeroChecksum });
        both.a.association.connect(0);
        both.b.association.connect(0);
        both.world.drain();
        const sent = messages.map(({ streamId, size, unordered }, i) => {
          const text = `${streamId} ${unordered ? "u" : "o"} ${i} `.padEnd(size, "abcdefghijk");
          say(both, both.a, text, { streamId, unordered });
          if (i % 7 === 0) both.world.run(both.world.now + 30);
          if (i % 3 === 0) say(both, both.b, text, { streamId, unordered });
          return text;
        });
        const back = sent.filter((_, i) => i % 3 === 0);
        both.world.run(
          300_000,
          () => both.b.texts.length >= sent.length && both.a.texts.length >= back.length,
        );
        both.world.run(both.world.now + 3000);
        expect(types(both.a)).not.toContain("closed");
        for (const [came, went] of [
          [both.b.texts, sent],
          [both.a.texts, back],
        ] as const) {
          expect([...came].sort()).toEqual([...went].sort());
          for (let id = 0; id < 5; id += 1) {
            const ordered = (text: string): boolean => text.startsWith(`${id} o`);
            expect(came.filter(ordered)).toEqual(went.filter(ordered));
          }
        }
        expect(both.b.association.statistics.bytesHeld).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
}, 30_000);
