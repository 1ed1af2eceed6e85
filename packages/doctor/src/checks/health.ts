import { type CheckResult, fault, good, skipped, warning } from "../check.ts";
import type { HealthOutcome, PageAddress } from "../outcomes.ts";

/** Whether what answers is Tincan. */
export function checkTincan(url: PageAddress, outcome: HealthOutcome | undefined): CheckResult {
  if (outcome === undefined) return skipped("tincan", "not-reached");
  const place = url.host;
  if (outcome.type === "failed") {
    return fault("tincan", "not-tincan", { place, software: "none" }, { why: outcome.why });
  }
  const { status, software, isTincan } = outcome;
  if (!isTincan) return fault("tincan", "not-tincan", { place, software }, { status, software });
  return good("tincan", { status });
}

/** Whether the server's clock agrees with ours: certificates and TURN passwords are made by it. */
export function checkClock(outcome: HealthOutcome | undefined, now: number): CheckResult {
  if (outcome?.type !== "answered" || outcome.date === undefined) {
    return skipped("clock", "no-time");
  }
  const offS = Math.round((outcome.date - now) / 1000);
  const facts = { offSeconds: offS };
  const about = { off: inWords(Math.abs(offS)) };
  if (Math.abs(offS) >= GROSS_S) return fault("clock", "clock-wrong", about, facts);
  if (Math.abs(offS) >= NOTABLE_S) return warning("clock", "clock-off", about, facts);
  return good("clock", facts);
}

/** A TURN password lives for a day, and a certificate is backdated by an hour: beyond that, things break. */
const GROSS_S = 3600;

const NOTABLE_S = 60;

function inWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
