import { parseStunUri } from "@tincan/webrtc/stun";
import { canonicalIp, isPrivateIp } from "@tincan/webrtc/wire";
import { type CheckResult, fault, good, skipped } from "../check.ts";
import type { TurnOutcome } from "../outcomes.ts";

/** Where the server is, as far as it is known: a page does not learn the addresses of a name. */
export interface ServerPlace {
  readonly ips: readonly string[];
  /** Whether people come to it over the internet. */
  readonly isPublic: boolean;
}

/**
 * Whether the addresses that browsers are told can be reached by whoever reaches the server. A private
 * one is right in a private network, and wrong as soon as people come from outside it.
 */
export function checkAnnounced(
  server: ServerPlace,
  turn: ReadonlyMap<string, TurnOutcome>,
): CheckResult {
  if (turn.size === 0) return skipped("announced", "no-turn");
  const addresses = new Set<string>();
  for (const [url, outcome] of turn) {
    const host = canonicalIp(parseStunUri(url.replace(/^turn/, "stun"))?.host ?? "");
    if (host !== undefined) addresses.add(host);
    const relayed = outcome.type === "allocated" ? relayIp(outcome.relayed) : undefined;
    if (relayed !== undefined) addresses.add(relayed);
    const isReached = outcome.type !== "unreachable";
    for (const ip of [host, relayed]) {
      if (ip === undefined || !isPrivateIp(ip) || server.ips.includes(ip)) continue;
      if (server.isPublic || !isReached) {
        return fault(
          "announced",
          "private-address",
          { address: ip },
          { addresses: [...addresses] },
        );
      }
    }
  }
  return good("announced", { addresses: [...addresses] });
}

/** The address of `192.0.2.1:49152` or `[2001:db8::1]:49152`. */
function relayIp(text: string): string | undefined {
  return canonicalIp(text.replace(/:[0-9]+$/, "").replace(/^\[(.*)\]$/, "$1"));
}
