import { expect, it } from "vitest";
import { levelOfLinear, SpeakingDetector } from "./speaking.ts";

function run(levels: readonly (readonly [atMs: number, level: number])[]): boolean[] {
  const detector = new SpeakingDetector();
  return levels.map(([atMs, level]) => detector.update(level, atMs));
}

it("begins after a moment and not with a click", () => {
  expect(
    run([
      [0, 0.9],
      [50, 0.9],
      [100, 0.9],
    ]),
  ).toEqual([false, false, true]);
  expect(
    run([
      [0, 0.9],
      [50, 0.1],
      [100, 0.9],
      [150, 0.9],
    ]),
  ).toEqual([false, false, false, false]);
});

it("bridges pauses between words and ends after a longer one", () => {
  expect(
    run([
      [0, 0.9],
      [100, 0.9],
      [600, 0.1],
      [750, 0.1],
      [801, 0.1],
    ]),
  ).toEqual([...[false, true, true, true, false]]);
});

it("goes on with a softer voice than it began with", () => {
  expect(
    run([
      [0, 0.42],
      [100, 0.42],
    ]),
  ).toEqual([false, false]);
  expect(
    run([
      [0, 0.9],
      [100, 0.9],
      [500, 0.42],
      [1100, 0.1],
    ]),
  ).toEqual([false, true, true, true]);
});

it("reads the linear levels of statistics", () => {
  expect(levelOfLinear(0)).toBe(0);
  expect(levelOfLinear(1)).toBe(1);
  expect(levelOfLinear(10 ** (-30 / 20))).toBeCloseTo(0.5);
});
