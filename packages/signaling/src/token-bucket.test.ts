import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

describe("TokenBucket", () => {
  it("allows a burst, then the steady rate, and says how long to wait", () => {
    const bucket = new TokenBucket({ perSecond: 2, burst: 3 }, 1000);
    expect([bucket.take(1000), bucket.take(1000), bucket.take(1000)]).toEqual([0, 0, 0]);
    expect(bucket.take(1000)).toBe(500);
    expect(bucket.take(1499)).toBe(1);
    expect(bucket.take(1500)).toBe(0);
    expect(bucket.take(1500)).toBe(500);
    expect(bucket.isFull(2900)).toBe(false);
    expect(bucket.isFull(3000)).toBe(true);
  });

  it("never gives more than burst and rate together, and always after the wait that it named", () => {
    const steps = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 20 }), (waits, burst) => {
        const bucket = new TokenBucket({ perSecond: 7, burst }, 0);
        let now = 0;
        let taken = 0;
        for (const wait of waits) {
          now += wait;
          const named = bucket.take(now);
          if (named === 0) taken += 1;
          else if (wait % 2 === 0) {
            now += named;
            expect(bucket.take(now)).toBe(0);
            taken += 1;
          }
          expect(taken).toBeLessThanOrEqual(burst + (now * 7) / 1000 + 1e-6);
        }
      }),
    );
  });
});
