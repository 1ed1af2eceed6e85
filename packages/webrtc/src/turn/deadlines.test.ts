import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Deadlines } from "./deadlines.ts";

describe("Deadlines", () => {
  it("agree with a plain list, however items are added, moved and deleted", () => {
    const step = fc.record({
      what: fc.constantFrom("add", "later", "sooner", "delete", "expire"),
      item: fc.nat(19),
      by: fc.nat(50),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const deadlines = new Deadlines<{ expiresAt: number }>();
        const items = Array.from({ length: 20 }, () => ({ expiresAt: 0 }));
        const model = new Set<{ expiresAt: number }>();
        let now = 0;
        for (const { what, item: n, by } of steps) {
          const item = items[n] as { expiresAt: number };
          if (what === "add") {
            item.expiresAt = now + by;
            deadlines.add(item);
            model.add(item);
          } else if (what === "later") item.expiresAt += by;
          else if (what === "sooner" && model.has(item)) {
            item.expiresAt -= by;
            deadlines.add(item);
          } else if (what === "delete") {
            deadlines.delete(item);
            model.delete(item);
          } else {
            now += by;
            const due = [...model].filter(({ expiresAt }) => expiresAt <= now);
            const expired = new Set<{ expiresAt: number }>();
            for (let one = deadlines.expire(now); one; one = deadlines.expire(now))
              expired.add(one);
            expect(expired).toEqual(new Set(due));
            for (const one of due) model.delete(one);
          }
          expect(deadlines.size).toBe(model.size);
          const ends = [...model].map(({ expiresAt }) => expiresAt);
          expect(deadlines.deadline).toBe(ends.length > 0 ? Math.min(...ends) : undefined);
        }
      }),
    );
  });
});
