import type { IceServerInfo } from "@tincan/signaling";
import { type CheckResult, fault, good, skipped } from "../check.ts";

/** What browsers are told to use. */
export interface HandedOut {
  readonly stun: readonly string[];
  readonly turn: readonly TurnUrl[];
}

/** A TURN server with the credentials that came with it. */
export interface TurnUrl {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** Sorts `iceServers` into what is asked and what is relayed through. */
export function handedOut(servers: readonly IceServerInfo[]): HandedOut {
  const stun = servers.flatMap(({ urls }) => urls.filter((url) => url.startsWith("stun")));
  const turn = servers.flatMap(({ urls, username = "", credential = "" }) =>
    urls
      .filter((url) => url.startsWith("turn"))
      .map((url) => ({ url, username, password: credential })),
  );
  return { stun, turn };
}

/** Whether browsers are told of a relay: without one, calls between two strict NATs never connect. */
export function checkIceServers(handed: HandedOut | undefined): CheckResult {
  if (handed === undefined) return skipped("ice-servers", "no-seat");
  const urls = [...handed.stun, ...handed.turn.map(({ url }) => url)];
  if (urls.length === 0) return fault("ice-servers", "no-ice-servers");
  if (handed.turn.length === 0) return fault("ice-servers", "stun-only", {}, { urls });
  return good("ice-servers", { urls });
}
