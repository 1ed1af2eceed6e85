import type { Instant } from "../wire/index.ts";

/** The clock that machines are told: monotonic, in milliseconds. */
export function now(): Instant {
  return performance.now();
}
