import { type IpRange, isInRange, parseIp, parseIpRange } from "../wire/index.ts";
import { TurnError } from "./turn-error.ts";

/** What an operator may change about the peers that are relayed to; texts as `parseIpRange` reads them. */
export interface PeerRules {
  /** Peers to relay to although the default, or `deny`, refuses them. */
  readonly allow?: readonly string[];
  /** Peers to refuse beside those that are refused by default. */
  readonly deny?: readonly string[];
  readonly allowLoopback?: boolean;
  /** Refuses multicast even where `allow` opens it. */
  readonly noMulticast?: boolean;
}

/**
 * Which peer addresses a client may reach through the server (RFC 8656 §21.1.7).
 *
 * A relay stands inside somebody's network: without this, a client could speak to the machines
 * beside it. Addresses that carry an IPv4 address inside are judged by both.
 */
export class PeerPolicy {
  readonly #allow: readonly IpRange[];
  readonly #deny: readonly IpRange[];
  readonly #noMulticast: boolean;

  constructor(rules: PeerRules = {}) {
    const loopback = rules.allowLoopback ? ["127.0.0.0/8", "::1"] : [];
    this.#allow = [...(rules.allow ?? []), ...loopback].map(readRule);
    this.#deny = (rules.deny ?? []).map(readRule);
    this.#noMulticast = rules.noMulticast ?? false;
  }

  /** Whether a client may reach this address, in text form. */
  allows(ip: string): boolean {
    const bytes = parseIp(ip);
    if (bytes === undefined) return false;
    const inside = embeddedIpv4(bytes);
    const faces = inside === undefined ? [bytes] : [bytes, inside];
    if (this.#noMulticast && isInAny(multicast, faces)) return false;
    if (isInAny(this.#allow, faces)) return true;
    return !isInAny(this.#deny, faces) && !isInAny(refusedByDefault, faces);
  }
}

/**
 * The IPv4 address inside an IPv6 address of a form that some host or router on the way would
 * unwrap: v4-mapped and v4-compatible (RFC 4291 §2.5.5), NAT64 (RFC 6052 §2.1), 6to4 (RFC 3056 §2),
 * Teredo (RFC 4380 §4, where it is inverted).
 */
export function embeddedIpv4(ip: Uint8Array): Uint8Array | undefined {
  if (ip.length !== 16) return undefined;
  if (isZero(ip, 0, 10) && ip[10] === 0xff && ip[11] === 0xff) return ip.slice(12);
  if (isZero(ip, 0, 12)) return ip.slice(12);
  if (ip[0] === 0x00 && ip[1] === 0x64 && ip[2] === 0xff && ip[3] === 0x9b && isZero(ip, 4, 12)) {
    return ip.slice(12);
  }
  if (ip[0] === 0x20 && ip[1] === 0x02) return ip.slice(2, 6);
  if (ip[0] === 0x20 && ip[1] === 0x01 && ip[2] === 0 && ip[3] === 0) {
    return ip.slice(12).map((byte) => byte ^ 0xff);
  }
  return undefined;
}

function readRule(text: string): IpRange {
  const range = parseIpRange(text);
  if (range === undefined) throw new TurnError("malformed-range", `not an address range: ${text}`);
  return range;
}

function isInAny(ranges: readonly IpRange[], faces: readonly Uint8Array[]): boolean {
  return ranges.some((range) => faces.some((face) => isInRange(range, face)));
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) if (bytes[i] !== 0) return false;
  return true;
}

const multicast: readonly IpRange[] = ["224.0.0.0/4", "ff00::/8"].map(readRule);

/** Special-purpose blocks (RFC 6890, RFC 1112 §4, RFC 3879) that no public peer has. */
const refusedByDefault: readonly IpRange[] = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::",
  "::1",
  "100::/64",
  "2001::/32",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
].map(readRule);
