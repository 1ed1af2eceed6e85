import { describe, expect, it } from "vitest";
import { runWorld } from "./random-world.ts";

/** More are run by `node tools/worlds.ts`. */
const count = Number(process.env.TINCAN_WORLDS ?? 1000);
const first = Number(process.env.TINCAN_FIRST_WORLD ?? 1);

describe("random worlds", () => {
  it(`${count} of them: who can connect does, and nothing is lost, doubled or put out of order`, () => {
    for (let seed = first; seed < first + count; seed += 1) {
      const { fault, story } = runWorld(seed);
      expect(fault, `world ${seed}: ${story}`).toBeUndefined();
    }
  }, 120_000);

  it("are the same each time", () => {
    for (const seed of [3, 14, 159]) expect(runWorld(seed)).toEqual(runWorld(seed));
  });
});
