import type { ErrorCode } from "@tincan/client";

/** What stands between the lobby and the call, as far as is known. */
export type Door =
  | "open"
  /** Locked: one can knock. */
  | "locked"
  /** Knocked; the host has not answered. */
  | "waiting"
  | "denied"
  | "password"
  | "wrong-password";

/** The door that a failed join has found; undefined where it failed for another reason. */
export function doorOf(code: ErrorCode | undefined): Door | undefined {
  switch (code) {
    case "locked":
      return "locked";
    case "not-admitted":
      return "denied";
    case "password-needed":
      return "password";
    case "wrong-password":
      return "wrong-password";
    default:
      return undefined;
  }
}

/** Whether joining through this door is a knock. */
export function isKnock(door: Door): boolean {
  return door === "locked" || door === "denied";
}

/** Whether this door wants a password. */
export function asksPassword(door: Door): boolean {
  return door === "password" || door === "wrong-password";
}
