import type { CauseId } from "./causes.ts";

/** How a check went; `skipped` where something before it failed, or there is nothing to look at. */
export type CheckStatus = "good" | "warning" | "fault" | "skipped";

/** What a check saw; the words for it, where there are some, are in `Words.facts` and `Words.values`. */
export type Fact = string | number | boolean | readonly string[];

/** Why a check could not be made. */
export type SkipReason =
  | "not-reached"
  | "no-time"
  | "no-working-turn"
  | "no-seat"
  | "no-stun"
  | "not-handed-out"
  | "no-allocation"
  | "no-udp"
  | "not-relayed-to"
  | "stun-silent"
  | "no-turn"
  | "no-tincan"
  | "no-relay"
  | "no-connection"
  | "trusted-without"
  | "is-address"
  | "not-told"
  | "relays-nothing"
  | "has-no-name"
  | "outer-unknown"
  | "no-ipv6"
  | "is-localhost"
  | "no-answer";

/** The checks, in the order in which they are told. */
export const CHECKS = [
  "browser",
  "container",
  "file-limit",
  "relay-range",
  "external-ip",
  "name",
  "name-target",
  "reach",
  "port",
  "certificate",
  "clock",
  "tincan",
  "websocket",
  "signaling",
  "ice-servers",
  "stun",
  "turn-udp",
  "turn-tcp",
  "turn-tls",
  "relay-ports",
  "nat",
  "turn-password",
  "announced",
  "ipv6",
  "local",
  "line",
  "throughput",
  "ice-restart",
  "resume",
  "camera",
  "microphone",
  "speaker",
] as const;

export type CheckId = (typeof CHECKS)[number];

/** What is wrong, and the words that the sentence about it needs. */
export interface Diagnosis {
  readonly cause: CauseId;
  readonly about: Readonly<Record<string, string>>;
}

/** What one check found. */
export interface CheckResult {
  readonly id: CheckId;
  readonly status: CheckStatus;
  readonly facts: Readonly<Record<string, Fact>>;
  /** There where the status is a warning or a fault. */
  readonly verdict?: Diagnosis;
}

type Facts = CheckResult["facts"];

/** A check that found nothing wrong. */
export function good(id: CheckId, facts: Facts = {}): CheckResult {
  return { id, status: "good", facts };
}

/** A check that could not be made. */
export function skipped(id: CheckId, why: SkipReason): CheckResult {
  return { id, status: "skipped", facts: { why } };
}

/** A check that found what keeps calls from working. */
export function fault(
  id: CheckId,
  cause: CauseId,
  about: Diagnosis["about"] = {},
  facts: Facts = {},
): CheckResult {
  return { id, status: "fault", facts, verdict: { cause, about } };
}

/** A check that found what calls can do without, or will miss one day. */
export function warning(
  id: CheckId,
  cause: CauseId,
  about: Diagnosis["about"] = {},
  facts: Facts = {},
): CheckResult {
  return { id, status: "warning", facts, verdict: { cause, about } };
}
