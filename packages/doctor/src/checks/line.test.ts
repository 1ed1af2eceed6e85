import { expect, it } from "vitest";
import { checkLine, checkThroughput } from "./line.ts";

const QUIET = { rttMs: 40, jitterMs: 2, loss: 0, via: "turn:a" };

it.each([
  ["nothing lost", {}],
  ["what forward error correction conceals", { loss: 0.05 }],
  ["what a jitter buffer takes", { jitterMs: 100 }],
  ["a long way", { rttMs: 900 }],
])("a line carries a conversation: %s", (_what, different) => {
  expect(checkLine({ ...QUIET, ...different })).toMatchObject({ id: "line", status: "good" });
});

it.each([
  ["loss", { loss: 0.06 }],
  ["jitter", { jitterMs: 101 }],
])("too much %s is a rough line, told in figures", (_what, different) => {
  const sight = { ...QUIET, ...different };
  expect(checkLine(sight)).toMatchObject({
    status: "warning",
    verdict: {
      cause: "lossy-line",
      about: { loss: `${Math.round(sight.loss * 100)} %`, jitter: `${sight.jitterMs} ms` },
    },
    facts: { rttMs: 40, via: "turn:a" },
  });
});

it("a line over which nothing came back is rough", () => {
  const lost = { rttMs: Number.POSITIVE_INFINITY, jitterMs: 0, loss: 1, via: "turn:a" };
  expect(checkLine(lost).verdict?.cause).toBe("lossy-line");
});

it("the narrower direction decides whether a line is slow", () => {
  const via = "turn:a";
  expect(checkThroughput({ there: 600_000, back: 9e6, via })).toEqual({
    id: "throughput",
    status: "good",
    facts: { there: "0.6 Mbit/s", back: "9.0 Mbit/s", via },
  });
  for (const [there, back] of [
    [590_000, 9e6],
    [9e6, 590_000],
  ] as const) {
    expect(checkThroughput({ there, back, via })).toMatchObject({
      status: "warning",
      verdict: { cause: "slow-line", about: { rate: "0.6 Mbit/s" } },
    });
  }
});
