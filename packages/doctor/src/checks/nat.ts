import { type CheckResult, fault, good, skipped } from "../check.ts";

/** What is known of the NAT between here and the server. */
export interface NatSight {
  /** Whether the server sees another address than the machine's own; `undefined` where STUN said nothing. */
  readonly isTranslated: boolean | undefined;
  /** Whether another port of the server sees another one still (RFC 4787 §4.1). */
  readonly isStrict: boolean | undefined;
  readonly hasRelay: boolean;
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
