import { expect, it } from "vitest";
import { levelOf } from "./level-meter.ts";

it("is 0 for silence and 1 for full scale", () => {
  expect(levelOf(new Float32Array(8))).toBe(0);
  expect(levelOf(new Float32Array(8).fill(1))).toBe(1);
});

it("is half way at -30 dB", () => {
  expect(levelOf(new Float32Array(8).fill(10 ** (-30 / 20)))).toBeCloseTo(0.5);
});
