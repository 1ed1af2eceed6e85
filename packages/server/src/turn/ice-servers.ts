import { isIP } from "node:net";
import type { IceServerInfo } from "@tincan/signaling";
import { nodeCrypto } from "@tincan/webrtc/node";
import { makeRestCredentials } from "@tincan/webrtc/turn";
import { canonicalIp, isLoopbackIp, isPrivateIp, withoutBrackets } from "@tincan/webrtc/wire";

/** Where the embedded server can be reached, beside the address by which a browser came. */
export interface TurnReach {
  readonly turnPort: number;
  /** The HTTPS port of this machine, which takes TURN too. */
  readonly securePort: number;
  /** Whether browsers can check the certificate; TURN over TLS takes no exceptions from people. */
  readonly isProven: boolean;
  /** Addresses that others see this machine by, where they are told. */
  readonly externalIps: readonly string[];
  readonly domain: string | undefined;
  /** The machine's own address on its network; `undefined` where it has none. */
  readonly networkIp: string | undefined;
}

/** How a browser came. */
export interface Visit {
  /** The Host header. */
  readonly host: string | undefined;
  /** `front`: TLS to us; `plain`: http to us, from this machine; `proxy`: through somebody else's TLS. */
  readonly via: "front" | "plain" | "proxy";
}

/** The URLs under which this browser reaches the server (RFC 7064, RFC 7065): only what listens is named. */
export function turnUrls(reach: TurnReach, visit: Visit): { stun: string[]; turn: string[] } {
  const { name, port } = visited(visit.host);
  const near = nearHost(reach, name);
  const hosts = stunHosts(reach, visit.host);
  const at = hosts.map((host) => `${bracketed(host)}:${reach.turnPort}`);
  return {
    stun: hosts.map((host) => stunUrl(host, reach.turnPort)),
    turn: [
      ...at.map((place) => `turn:${place}?transport=udp`),
      ...at.map((place) => `turn:${place}?transport=tcp`),
      ...overSecurePort(reach, visit, near, port),
    ],
  };
}

/** The addresses and names under which whoever came by this Host header reaches the server by UDP. */
export function stunHosts(reach: TurnReach, header: string | undefined): readonly string[] {
  const near = nearHost(reach, visited(header).name);
  // Who came by an address of this network need not reach the router's outer side from within.
  const isInside = reach.externalIps.length === 0 || isPrivateIp(near);
  return [...(isInside ? [near] : []), ...reach.externalIps];
}

export function stunUrl(host: string, port: number): string {
  return `stun:${bracketed(host)}:${port}`;
}

/** Time-limited credentials for URLs (draft-uberti-behave-turn-rest-00). */
export function withCredentials(
  urls: readonly string[],
  secret: string,
  id: string,
  unixMs: number,
): IceServerInfo {
  const expiresAtS = Math.floor(unixMs / 1000) + CREDENTIAL_LIFETIME_S;
  const { username, password } = makeRestCredentials(nodeCrypto, secret, id, expiresAtS);
  return { urls, username, credential: password };
}

/** Whom allocations are made for; what is allocated lives on for as long as it is refreshed. */
const CREDENTIAL_LIFETIME_S = 86_400;

/** The one port that is surely open, since the page came through it. */
function overSecurePort(
  { securePort, isProven }: TurnReach,
  { via }: Visit,
  host: string,
  visitedPort: number,
): readonly string[] {
  if (via === "proxy") return [];
  const place = `${bracketed(host)}:${via === "front" ? visitedPort : securePort}`;
  // What is relayed is encrypted between the browsers; TLS is there for firewalls that want to see it.
  return [isProven ? `turns:${place}?transport=tcp` : `turn:${place}?transport=tcp`];
}

/** By a name of this machine alone, other machines cannot be meant; a real address works as well from here. */
function nearHost({ domain, networkIp }: TurnReach, name: string | undefined): string {
  const isLocal = name === undefined || name === "localhost" || isLoopbackIp(name);
  return isLocal ? (domain ?? networkIp ?? "127.0.0.1") : name;
}

/** A Host header comes from outside: only what can be a host and a port is taken up. */
function visited(header: string | undefined): { name: string | undefined; port: number } {
  const [, bare, port] =
    /^(\[[0-9a-f:.]{2,45}\]|[0-9a-z._-]{1,253})(?::([0-9]{1,5}))?$/i.exec(header ?? "") ?? [];
  const name = bare && withoutBrackets(bare.toLowerCase());
  const number = port === undefined ? 443 : Number(port);
  return { name: name && (canonicalIp(name) ?? name), port: number };
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
