import { parseStunUri } from "@tincan/webrtc/stun";
import type { CauseId } from "../causes.ts";
import { type CheckResult, type Fact, fault, good, skipped } from "../check.ts";
import type { StunOutcome, TurnOutcome } from "../outcomes.ts";

/** What asking each STUN and TURN server came to, by URL. */
export interface Asked {
  readonly stun: ReadonlyMap<string, StunOutcome>;
  readonly turn: ReadonlyMap<string, TurnOutcome>;
  /** Whether whoever asks has IPv6 at all; without, nothing can be said of addresses of that kind. */
  readonly hasIpv6: boolean;
}

type Transport = "udp" | "tcp" | "tls";

/** Judges all servers together: what one does not do means something by what another does. */
export function checkTurn(asked: Asked): readonly CheckResult[] {
  const transports: readonly Transport[] = ["udp", "tcp", "tls"];
  return [
    checkStun(asked),
    ...transports.map((one) => checkTransport(one, asked)),
    checkRelay(asked),
  ];
}

function checkStun(asked: Asked): CheckResult {
  const { stun } = asked;
  if (stun.size === 0) return skipped("stun", "no-stun");
  const facts: Record<string, Fact> = {};
  for (const [url, outcome] of stun) {
    facts[url] =
      outcome.type === "answered" ? [...seen(outcome.mapped), `${outcome.ms} ms`] : outcome.why;
  }
  const answered = [...stun.values()].find((one) => one.type === "answered");
  if (answered !== undefined) return good("stun", { ...facts, translated: answered.isTranslated });
  const port = onlyPort(asked);
  if (port !== undefined) return fault("stun", "only-one-port", { port: `${port}` }, facts);
  if (isUdpBlocked(asked)) return fault("stun", "udp-blocked", {}, facts);
  const [url = ""] = stun.keys();
  return fault("stun", "stun-silent", { url }, facts);
}

function checkTransport(transport: Transport, asked: Asked): CheckResult {
  const id = `turn-${transport}` as const;
  const mine = [...asked.turn].filter(([url]) => transportOf(url) === transport);
  if (mine.length === 0) return skipped(id, "not-handed-out");
  const facts = Object.fromEntries(mine.map(([url, outcome]) => [url, told(outcome)]));
  for (const [url, outcome] of mine) {
    const cause = causeOf(transport, url, outcome, asked);
    if (cause !== undefined) {
      const why = [told(outcome)].flat().join(", ");
      const about = { url, why, port: `${onlyPort(asked)}`, host: url, ip: ipv6Of(url) ?? "" };
      return fault(id, cause, about, facts);
    }
  }
  return good(id, facts);
}

function causeOf(
  transport: Transport,
  url: string,
  outcome: TurnOutcome,
  asked: Asked,
): CauseId | undefined {
  switch (outcome.type) {
    case "allocated":
      return isEchoed(outcome) ? undefined : "relay-blocked";
    case "unresolved":
      return "turn-name-unknown";
    case "unauthorized":
      return "turn-secret-wrong";
    case "full":
      return "turn-full";
    case "rejected":
      return "turn-refused";
    case "certificate":
      return "turn-certificate";
    case "unreachable": {
      if (ipv6Of(url) !== undefined && isReachedByIpv4(transport, asked)) {
        return asked.hasIpv6 ? "ipv6-broken" : undefined;
      }
      if (onlyPort(asked) !== undefined) return "only-one-port";
      if (transport === "udp" && isUdpBlocked(asked)) return "udp-blocked";
      return [...asked.turn.values()].some(isAnswer) ? "turn-port-closed" : "turn-down";
    }
  }
}

function ipv6Of(url: string): string | undefined {
  return /^turns?:\[([0-9a-f:.]+)\]/i.exec(url)?.[1];
}

function isReachedByIpv4(transport: Transport, { turn }: Asked): boolean {
  return [...turn].some(
    ([url, outcome]) =>
      transportOf(url) === transport && ipv6Of(url) === undefined && isAnswer(outcome),
  );
}

/** The relay is a port of its own for each allocation: whether others reach those is another question. */
function checkRelay({ stun, turn }: Pick<Asked, "stun" | "turn">): CheckResult {
  const allocated = [...turn.values()].filter((one) => one.type === "allocated");
  const [first] = allocated;
  if (first === undefined) return skipped("relay-ports", "no-allocation");
  const facts = { relayed: first.relayed };
  if (allocated.some(({ outside }) => outside === "echoed")) return good("relay-ports", facts);
  const isUdpThere =
    [...stun.values()].some(({ type }) => type === "answered") ||
    [...turn].some(([url, one]) => transportOf(url) === "udp" && one.type === "allocated");
  if (!isUdpThere) return skipped("relay-ports", "no-udp");
  if (allocated.some(({ outside }) => outside === "lost")) {
    return fault("relay-ports", "relay-blocked", { url: first.relayed, why: "lost" }, facts);
  }
  return skipped("relay-ports", "not-relayed-to");
}

/** No UDP at all gets an answer, and the same servers do answer over TCP. */
function isUdpBlocked({ stun, turn }: Pick<Asked, "stun" | "turn">): boolean {
  const isSilent = (one: TurnOutcome) => one.type === "unreachable" && one.how === "silent";
  const overUdp = [...turn].filter(([url]) => transportOf(url) === "udp").map(([, one]) => one);
  const others = [...turn].filter(([url]) => transportOf(url) !== "udp").map(([, one]) => one);
  return (
    [...stun.values()].every(({ type }) => type === "failed") &&
    stun.size + overUdp.length > 0 &&
    overUdp.every(isSilent) &&
    others.some(isAnswer)
  );
}

/** The one TCP port that works, where UDP does not and TCP elsewhere gets no answer either. */
function onlyPort(asked: Asked): number | undefined {
  if (!isUdpBlocked(asked)) return undefined;
  const overTcp = [...asked.turn].filter(([url]) => transportOf(url) !== "udp");
  const ports = (some: typeof overTcp) => new Set(some.map(([url]) => portOf(url)));
  const open = ports(overTcp.filter(([, one]) => one.type === "allocated"));
  const closed = ports(overTcp.filter(([, one]) => one.type === "unreachable"));
  const [port] = open;
  return open.size === 1 && closed.size > 0 && !closed.has(port) ? port : undefined;
}

/** Whether a TURN server stands behind the outcome, however it decided. */
function isAnswer({ type }: TurnOutcome): boolean {
  return type !== "unreachable" && type !== "unresolved" && type !== "certificate";
}

function isEchoed({ between, outside }: Extract<TurnOutcome, { type: "allocated" }>): boolean {
  return between === "echoed" || outside === "echoed";
}

function transportOf(url: string): Transport | undefined {
  return parseStunUri(url.replace(/^turn/, "stun"))?.transport;
}

function portOf(url: string): number | undefined {
  return parseStunUri(url.replace(/^turn/, "stun"))?.port;
}

function seen(mapped: string | undefined): readonly string[] {
  return mapped === undefined ? [] : [mapped];
}

function told(outcome: TurnOutcome): string | readonly string[] {
  switch (outcome.type) {
    case "allocated":
      return [outcome.relayed, isEchoed(outcome) ? "echoed" : "lost", `${outcome.ms} ms`];
    case "unreachable":
      return outcome.how;
    case "rejected":
    case "certificate":
      return outcome.why;
    default:
      return outcome.type;
  }
}
