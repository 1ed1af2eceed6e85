import type { Call, EndReason, ErrorCode } from "@tincan/client";
import type { TextKey } from "../i18n/en.ts";

/** Where one stands with a room. */
export type Phase =
  | { readonly name: "lobby" }
  | { readonly name: "joining"; readonly fromLobby: boolean }
  | { readonly name: "call"; readonly call: Call; readonly since: number }
  | { readonly name: "ended"; readonly reason: EndReason; readonly lastedMs: number }
  | { readonly name: "full" }
  | { readonly name: "unreachable" }
  | { readonly name: "refused"; readonly text: TextKey };

/** The phase that a failed join leads to. */
export function phaseOfFailure(code: ErrorCode | undefined): Phase {
  if (code === "full" || code === "unreachable") return { name: code };
  return { name: "refused", text: refusalText(code) };
}

/** The sentence for the end of a call. */
export function endText(reason: EndReason): TextKey {
  return `ended.${reason}`;
}

function refusalText(code: ErrorCode | undefined): TextKey {
  switch (code) {
    case "rate-limited":
      return "refused.rate-limited";
    case "too-many-connections":
    case "too-many-rooms":
      return "refused.too-many";
    case "shutting-down":
      return "refused.shutting-down";
    case "unsupported-protocol":
      return "refused.outdated";
    case "origin-refused":
      return "refused.origin";
    case "unsupported":
      return "refused.browser";
    case "removed":
      return "refused.removed";
    case "too-many-knocks":
      return "refused.too-many-knocks";
    default:
      return "refused.other";
  }
}
