import { type CheckResult, good, skipped, warning } from "../check.ts";
import type { TurnOutcome } from "../outcomes.ts";

/** Whether a wrong password is refused: a relay that takes anybody is soon used by everybody. */
export function checkTurnPassword(url: string, outcome: TurnOutcome | undefined): CheckResult {
  if (outcome?.type === "unauthorized") return good("turn-password", { refused: true });
  if (outcome?.type === "allocated") {
    return warning("turn-password", "turn-open", { url }, { refused: false });
  }
  return skipped("turn-password", "no-working-turn");
}
