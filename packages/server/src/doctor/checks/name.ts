import { isIP } from "node:net";
import { type CheckResult, fault, good, skipped } from "@tincan/doctor";

/** Whether the name leads to an address at all. */
export function checkName(host: string, ips: readonly string[]): CheckResult {
  if (isIP(host) !== 0) return skipped("name", "is-address");
  if (ips.length === 0) return fault("name", "name-unknown", { host });
  return good("name", { a: family(ips, 4), aaaa: family(ips, 6) });
}

function family(ips: readonly string[], version: number): readonly string[] {
  return ips.filter((ip) => isIP(ip) === version);
}
