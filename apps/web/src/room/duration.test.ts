import { expect, it } from "vitest";
import { formatDuration } from "./duration.ts";

it.each([
  [-5, "0:00"],
  [999, "0:00"],
  [7_400, "0:07"],
  [754_000, "12:34"],
  [3_599_999, "59:59"],
  [3_600_000, "1:00:00"],
  [3_723_000, "1:02:03"],
  [360_000_000, "100:00:00"],
])("%i ms are shown as %s", (ms, shown) => {
  expect(formatDuration(ms)).toBe(shown);
});
