import { isIP } from "node:net";
import { type CheckResult, fault, good, skipped } from "@tincan/doctor";
import type { ConnectOutcome } from "../probes/probes.ts";

/** What a TCP connection to each address of the server came to. */
export type Reached = ReadonlyMap<string, ConnectOutcome>;

/** Whether the server takes a connection at one of its addresses. */
export function checkReach(url: URL, reached: Reached): CheckResult {
  const facts = Object.fromEntries(reached);
  if (openAddresses(reached).length > 0) return good("reach", facts);
  const how = [...reached.values()].includes("refused") ? "refused" : "silent";
  return fault("reach", "server-unreachable", { place: url.host, how }, facts);
}

/** Browsers try IPv6 first: an address that does not answer delays or breaks what IPv4 could do. */
export function checkIpv6(host: string, reached: Reached): CheckResult {
  const six = [...reached].filter(([ip]) => isIP(ip) === 6);
  if (six.length === 0) return skipped("ipv6", "no-ipv6");
  if (host === "localhost") return skipped("ipv6", "is-localhost");
  const broken = six.find(([, outcome]) => outcome !== "open");
  if (broken === undefined) return good("ipv6", { addresses: six.map(([ip]) => ip) });
  if (openAddresses(reached).length === 0) return skipped("ipv6", "no-answer");
  const [ip, outcome] = broken;
  return fault("ipv6", "ipv6-broken", { host, ip }, { [ip]: outcome });
}

/** The addresses that took a connection, IPv4 first. */
export function openAddresses(reached: Reached): readonly string[] {
  return [...reached]
    .filter(([, outcome]) => outcome === "open")
    .map(([ip]) => ip)
    .sort((a, b) => isIP(a) - isIP(b));
}
