import { describe, expect, it } from "vitest";
import { loadCorpus, MAX_CORPUS } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";
import { targets } from "./targets.ts";

/** A quarter of a minute in all; `npm run test:fuzz` has no such limit, and looks at the coverage. */
const durationMs = Number(process.env.FUZZ_MS ?? 15_000) / targets.length;

const seed = Number(process.env.FUZZ_SEED ?? Date.now());

describe(`decoders take every input (FUZZ_SEED=${seed})`, () => {
  it.each(targets)("$name", { timeout: 60_000 }, (target) => {
    const { runs } = fuzz({ target, durationMs, seed });
    expect(runs).toBeGreaterThan(0);
    expect(loadCorpus(target.name).length).toBeLessThanOrEqual(MAX_CORPUS);
  });
});
