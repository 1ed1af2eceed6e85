import { type CheckResult, fault, good, skipped } from "../check.ts";
import type { StunOutcome } from "../outcomes.ts";

/** What is known of the NAT between here and the server. */
export interface NatSight {
  /** Whether the server sees another address than the machine's own; `undefined` where STUN said nothing. */
  readonly isTranslated: boolean | undefined;
  /** Whether another port of the server sees another one still (RFC 4787 §4.1). */
  readonly isStrict: boolean | undefined;
  readonly hasRelay: boolean;
}

/** Whether the servers that answer see another address than the machine's own; `undefined` where none answers. */
export function isTranslated(outcomes: Iterable<StunOutcome>): boolean | undefined {
  const answered = [...outcomes].filter((one) => one.type === "answered");
  return answered.length > 0 ? answered.some((one) => one.isTranslated) : undefined;
}

/** The URLs of the two STUN servers in what `/nat.json` answered; fewer where a server has none, or is older. */
export function stunPairIn(answer: unknown): readonly string[] {
  const { stun } = (answer ?? {}) as { readonly stun?: unknown };
  const urls = Array.isArray(stun) ? stun : [];
  return urls.filter((url) => typeof url === "string" && url.startsWith("stun:")).slice(0, 2);
}

/** Whether peers can send to the address that the server sees. */
export function checkNat({ isTranslated, isStrict, hasRelay }: NatSight): CheckResult {
  if (isTranslated === undefined) return skipped("nat", "stun-silent");
  if (!isTranslated) return good("nat", { translated: false });
  if (isStrict === undefined) return good("nat", { translated: true, mapping: "unknown" });
  const mapping = isStrict ? "address-and-port-dependent" : "endpoint-independent";
  const facts = { translated: true, mapping, strict: isStrict };
  return isStrict && !hasRelay ? fault("nat", "strict-nat", {}, facts) : good("nat", facts);
}
