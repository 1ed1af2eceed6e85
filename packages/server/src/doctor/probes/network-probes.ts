import { lookup } from "node:dns/promises";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import type { StunOutcome } from "@tincan/doctor";
import { askBinding } from "@tincan/webrtc/node";
import { parseStunUri, StunError } from "@tincan/webrtc/stun";
import { canonicalIp } from "@tincan/webrtc/wire";
import { systemCode } from "../../server-error.ts";
import { ownAddresses } from "../../turn/own-addresses.ts";
import { shownCertificate } from "./certificate-probe.ts";
import { probeMapping } from "./mapping-probe.ts";
import type { ConnectOutcome, Probes } from "./probes.ts";
import { probeSignaling } from "./signaling-probe.ts";
import { probeTurn } from "./turn-probe.ts";
import { askStunPair, probeHealth, probeUpgrade } from "./web-probes.ts";

/** How the real probes go about it. */
export interface NetworkOptions {
  /** How long one answer is waited for. */
  readonly patienceMs: number;
  /** Addresses of names, instead of what the DNS says. */
  readonly known: ReadonlyMap<string, readonly string[]>;
  readonly interrupted: AbortSignal;
}

/** The probes on the network that this machine is in. */
export function networkProbes(options: NetworkOptions): Probes {
  const { patienceMs, known, interrupted } = options;
  const resolve = (host: string): Promise<readonly string[]> => addressesOf(host, known);
  const patience = (): AbortSignal =>
    AbortSignal.any([interrupted, AbortSignal.timeout(patienceMs)]);
  return {
    resolve,
    connect: (ip, port) => tryConnect(ip, port, patience()),
    certificate: (place) => shownCertificate(place, connectTls, patience()),
    health: (place) => probeHealth(place, patience()),
    upgrade: (place) => probeUpgrade(place, patience()),
    signaling: (place) => probeSignaling(place, patience()),
    stun: (url) => probeStun(url, resolve, patience()),
    strictNat: async (place) =>
      probeMapping(await askStunPair(place, patience()), resolve, patience()),
    turn: (url, credentials) =>
      probeTurn(url, { credentials, resolve, patienceMs, interrupted, isHere: isOwnAddress }),
    hasIpv6: () => ownAddresses().network.some((ip) => ip.includes(":")),
    unixTime: () => Date.now(),
  };
}

async function addressesOf(
  host: string,
  known: ReadonlyMap<string, readonly string[]>,
): Promise<readonly string[]> {
  const ip = canonicalIp(host);
  if (ip !== undefined) return [ip];
  const told = known.get(host);
  if (told !== undefined) return told;
  try {
    const found = await lookup(host, { all: true });
    return [...new Set(found.flatMap(({ address }) => canonicalIp(address) ?? []))];
  } catch {
    return [];
  }
}

function isOwnAddress(ip: string): boolean {
  const { network, loopback } = ownAddresses();
  return network.includes(ip) || loopback.includes(ip);
}

function tryConnect(ip: string, port: number, signal: AbortSignal): Promise<ConnectOutcome> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host: ip, port, signal });
    socket.once("connect", () => {
      socket.destroy();
      resolve("open");
    });
    socket.once("error", (error) => {
      resolve(systemCode(error) === "ECONNREFUSED" ? "refused" : "silent");
    });
  });
}

async function probeStun(
  url: string,
  resolve: (host: string) => Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<StunOutcome> {
  const server = parseStunUri(url);
  if (server === undefined) return { type: "failed", why: "unreadable" };
  // Over TLS the name has to be seen by the one who checks the certificate.
  const [ip] = server.transport === "tls" ? [server.host] : await resolve(server.host);
  if (ip === undefined) return { type: "failed", why: "unresolved" };
  const start = performance.now();
  try {
    const { mapped, local } = await askBinding({ ...server, host: ip }, { signal });
    return {
      type: "answered",
      mapped: mapped.ip,
      isTranslated: mapped.ip !== local.ip,
      ms: Math.round(performance.now() - start),
    };
  } catch (error) {
    if (!(error instanceof StunError)) throw error;
    return { type: "failed", why: error.code === "aborted" ? "silent" : error.code };
  }
}
