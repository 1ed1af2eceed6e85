import { type CheckResult, fault, good, skipped } from "../check.ts";
import type { SignalingOutcome, UpgradeOutcome } from "../outcomes.ts";

/** Whether a WebSocket comes through, which a proxy has to be told to let through. */
export function checkWebSocket(outcome: UpgradeOutcome | undefined): CheckResult {
  if (outcome === undefined) return skipped("websocket", "no-tincan");
  if (outcome.type === "upgraded") return good("websocket", { ms: outcome.ms });
  if (outcome.type === "failed") {
    return fault("websocket", "websocket-blocked", { answer: outcome.why }, { why: outcome.why });
  }
  const { status, body } = outcome;
  const facts = { status, body };
  return fault("websocket", "websocket-blocked", { answer: String(status) }, facts);
}

/** Whether two people could meet. */
export function checkSignaling(outcome: SignalingOutcome | undefined): CheckResult {
  if (outcome === undefined) return skipped("signaling", "no-tincan");
  switch (outcome.type) {
    case "met":
      return good("signaling", { ms: outcome.ms, transport: outcome.transport });
    case "refused": {
      const { code, message } = outcome;
      const facts = { code, message };
      if (code === "origin-refused") return fault("signaling", "origin-refused", {}, facts);
      if (code === "shutting-down") return fault("signaling", "draining", {}, facts);
      return fault("signaling", "signaling-broken", { why: message }, facts);
    }
    case "failed":
      return fault("signaling", "signaling-broken", { why: outcome.why }, { why: outcome.why });
  }
}
