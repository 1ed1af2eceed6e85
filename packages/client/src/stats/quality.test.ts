import { describe, expect, it } from "vitest";
import { type Quality, QualityTrend, qualityOf } from "./quality.ts";
import type { ReportReading } from "./read-report.ts";
import type { ConnectionSnapshot, ReceivedTrack, SentTrack } from "./snapshot.ts";

function reading(over: {
  connection?: Partial<ConnectionSnapshot>;
  sent?: Partial<SentTrack>;
  received?: Partial<ReceivedTrack>;
}): ReportReading {
  return {
    connection: over.connection as ConnectionSnapshot,
    sent: [over.sent ?? {}] as SentTrack[],
    received: [over.received ?? {}] as ReceivedTrack[],
  };
}

describe("the quality", () => {
  it.each([
    [{}, 5, "none"],
    [{ connection: { rttMs: 250 } }, 4, "round-trip"],
    [{ sent: { lossRatio: 0.05 } }, 3, "loss-sent"],
    [{ received: { lossRatio: 0.5 } }, 1, "loss-received"],
    [{ received: { concealedRatio: 0.1 } }, 2, "concealed-audio"],
    [{ received: { frozenRatio: 0.1 } }, 3, "frozen-picture"],
    [{ received: { kind: "audio", jitterMs: 60 } }, 3, "jitter"],
    [{ received: { kind: "video", jitterMs: 60 } }, 5, "none"],
    [{ sent: { qualityLimitation: "cpu" } }, 4, "cpu"],
    [{ sent: { qualityLimitation: "bandwidth", height: 180, sourceHeight: 720 } }, 3, "bandwidth"],
  ] as const)("of %j is %i because of %s", (over, level, reason) => {
    expect(qualityOf("connected", reading(over))).toEqual({ level, reason });
  });

  it("names the worst of two", () => {
    const both = reading({ connection: { rttMs: 250 }, received: { lossRatio: 0.1 } });
    expect(qualityOf("connected", both)).toEqual({ level: 2, reason: "loss-received" });
  });

  it("is the lowest while nothing gets through", () => {
    expect(qualityOf("interrupted", reading({}))).toEqual({ level: 1, reason: "interrupted" });
    expect(qualityOf("connecting", reading({}))).toEqual({ level: 1, reason: "connecting" });
  });
});

it("falls at once and rises when it was better three times", () => {
  const trend = new QualityTrend();
  const shown = (level: Quality["level"]) => trend.update({ level, reason: "none" }).level;
  expect([5, 2, 5, 5, 4, 5].map((level) => shown(level as Quality["level"]))).toEqual([
    ...[5, 2, 2, 2, 4, 4],
  ]);
});
