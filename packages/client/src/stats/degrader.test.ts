import { describe, expect, it } from "vitest";
import { DEGRADE_STEPS, Degrader, type LinkSample } from "./degrader.ts";

const GOOD: LinkSample = { lossRatio: 0, rttMs: 30, availableBps: 2_000_000, limited: false };
const LOSSY: LinkSample = { ...GOOD, lossRatio: 0.2 };
const SLOW: LinkSample = { ...GOOD, availableBps: 100_000, limited: true };

/** A sample every two seconds, from where the last run ended. */
class Run {
  readonly degrader = new Degrader();
  atMs = 0;

  for(seconds: number, sample: LinkSample): number[] {
    const indices: number[] = [];
    for (const end = this.atMs + seconds * 1000; this.atMs < end; this.atMs += 2_000) {
      if (this.degrader.update(sample, this.atMs)) indices.push(this.degrader.index);
    }
    return indices;
  }
}

describe("a way that gets weak", () => {
  it("has the picture lowered step by step, and off at last", () => {
    const run = new Run();
    run.for(20, GOOD);
    expect(run.for(60, LOSSY)).toEqual([1, 2, 3, 4]);
    expect(run.degrader.step.video).toBe(false);
  });

  it("comes to rest where the picture fits", () => {
    const run = new Run();
    run.for(20, GOOD);
    expect(run.for(30, SLOW)).toEqual([1, 2, 3]);
    expect(run.degrader.step).toBe(DEGRADE_STEPS[3]);
  });

  it("is not judged by a moment, nor by the first seconds", () => {
    const run = new Run();
    expect(run.for(8, SLOW)).toEqual([]);
    run.for(10, GOOD);
    expect(run.for(4, LOSSY)).toEqual([]);
    run.for(2, GOOD);
    expect(run.for(4, LOSSY)).toEqual([]);
  });

  it("is not weak because little is sent over it", () => {
    const run = new Run();
    run.for(20, GOOD);
    expect(run.for(60, { ...GOOD, availableBps: 100_000, limited: false })).toEqual([]);
  });

  it("is known by its queue: a round trip far above the shortest", () => {
    const run = new Run();
    run.for(20, { ...GOOD, rttMs: 250 });
    expect(run.for(20, { ...GOOD, rttMs: 600 })).toEqual([]);
    expect(run.for(6, { ...GOOD, rttMs: 900 })).toEqual([1]);
  });
});

describe("a way that recovers", () => {
  it("gets the whole picture back by itself, more slowly than it lost it", () => {
    const run = new Run();
    run.for(20, GOOD);
    run.for(60, LOSSY);
    expect(run.for(8, GOOD)).toEqual([]);
    expect(run.for(40, GOOD)).toEqual([3, 2, 1, 0]);
  });

  it("waits longer after each step up that failed, and forgets that when one lasts", () => {
    const run = new Run();
    run.for(20, GOOD);
    run.for(6, LOSSY);
    expect(run.degrader.index).toBe(1);
    const waits: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const from = run.atMs;
      while (run.degrader.index === 1) run.for(2, GOOD);
      waits.push((run.atMs - from) / 1000);
      while (run.degrader.index === 0) run.for(2, LOSSY);
    }
    expect(waits).toEqual([10, 18, 34, 66]);
    while (run.degrader.index === 1) run.for(2, GOOD);
    run.for(30, GOOD);
    while (run.degrader.index === 0) run.for(2, LOSSY);
    expect(run.for(12, GOOD)).toEqual([0]);
  });

  it("is not taken for one of which nothing is known", () => {
    const run = new Run();
    run.for(20, GOOD);
    run.for(60, LOSSY);
    const silent = { lossRatio: undefined, rttMs: undefined, availableBps: undefined };
    expect(run.for(60, { ...silent, limited: false })).toEqual([]);
  });
});
