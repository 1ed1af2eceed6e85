import { stunPairIn } from "@tincan/doctor";
import { type GatheredCandidate, gather } from "./gather.ts";
import { familyOf } from "./matrix.ts";

/** The two STUN servers of a Tincan server by which its visitors see their NAT; none where it has none, or is older. */
export async function fetchStunPair(server: URL, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const answer = await fetch(new URL("/nat.json", server), { signal, cache: "no-store" });
    return stunPairIn(await answer.json());
  } catch {
    return [];
  }
}

/**
 * Whether a NAT gives one socket an address of its own for each server (RFC 4787 §4.1); `undefined` where that
 * cannot be told, such as where one of them does not answer.
 */
export async function probeMapping(
  pair: readonly string[],
  signal: AbortSignal | undefined,
): Promise<boolean | undefined> {
  if (pair.length < 2) return undefined;
  const seen: GatheredCandidate[] = [];
  const { events, complete } = await gather([{ urls: [...pair] }], {
    patienceMs: PATIENCE_MS,
    signal,
    until: (event) => {
      if (event.kind === "candidate") seen.push(event);
      return isPerServer(seen);
    },
  });
  if (isPerServer(seen)) return true;
  const isSilent = events.some((event) => event.kind === "error" && pair.includes(event.url));
  const isTranslated = seen.some(({ type }) => type === "srflx");
  return complete && !isSilent && isTranslated ? false : undefined;
}

/** Longer than an answer takes, and shorter than browsers wait for one that does not come. */
const PATIENCE_MS = 4000;

/** Whether one socket was seen at two addresses; browsers leave out what equals an address that they have told. */
export function isPerServer(
  candidates: readonly Pick<GatheredCandidate, "type" | "address" | "port" | "candidate">[],
): boolean {
  const bySocket = new Map<string, string>();
  for (const { type, address, port, candidate } of candidates) {
    if (type !== "srflx") continue;
    // Where browsers hide a machine's own addresses, they use the one socket of its way out.
    const { relatedAddress, relatedPort } = candidate;
    const socket = `IPv${familyOf(address)} ${relatedPort ? `${relatedAddress}:${relatedPort}` : ""}`;
    const place = `${address}:${port}`;
    const before = bySocket.get(socket) ?? place;
    if (before !== place) return true;
    bySocket.set(socket, before);
  }
  return false;
}
