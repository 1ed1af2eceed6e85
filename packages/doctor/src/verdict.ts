import { CAUSES } from "./causes.ts";
import type { CheckResult, Diagnosis } from "./check.ts";

/** What the checks come to: one cause, named, and the others that were found beside it. */
export interface Verdict {
  readonly status: "good" | "warning" | "fault";
  readonly root: Diagnosis | undefined;
  readonly others: readonly Diagnosis[];
  readonly directCall: DirectCall;
}

/** How likely a call from here is direct, without a relay. */
export type DirectCall = "sure" | "likely" | "unlikely" | "never" | "unknown";

/** Names the root: of the worst results, the cause that the others can follow from. */
export function reachVerdict(results: readonly CheckResult[]): Verdict {
  const faults = results.filter(({ status }) => status === "fault");
  const worst = faults.length > 0 ? faults : results.filter(({ status }) => status === "warning");
  const found = unique([...worst, ...results].flatMap(({ verdict }) => verdict ?? []));
  const [root] = unique(worst.flatMap(({ verdict }) => verdict ?? [])).sort(byRank);
  return {
    status: faults.length > 0 ? "fault" : worst.length > 0 ? "warning" : "good",
    root,
    others: found.filter(({ cause }) => cause !== root?.cause).sort(byRank),
    directCall: directCall(results),
  };
}

function byRank(a: Diagnosis, b: Diagnosis): number {
  return CAUSES.indexOf(a.cause) - CAUSES.indexOf(b.cause);
}

function unique(diagnoses: readonly Diagnosis[]): Diagnosis[] {
  const first = new Map<string, Diagnosis>();
  for (const one of diagnoses) if (!first.has(one.cause)) first.set(one.cause, one);
  return [...first.values()];
}

function directCall(results: readonly CheckResult[]): DirectCall {
  const stun = results.find(({ id }) => id === "stun");
  const udp = results.find(({ id }) => id === "turn-udp");
  const nat = results.find(({ id }) => id === "nat");
  if (nat?.facts.strict === true) return "unlikely";
  if (stun?.status === "good") return stun.facts.translated === true ? "likely" : "sure";
  const isBlocked = [udp, stun].some(
    (one) => one?.verdict?.cause === "udp-blocked" || one?.verdict?.cause === "only-one-port",
  );
  return isBlocked ? "never" : "unknown";
}
