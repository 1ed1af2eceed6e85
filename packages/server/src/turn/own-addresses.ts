import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { type IpRange, isInRange, parseIpRange } from "@tincan/webrtc/turn";
import { canonicalIp, parseIp } from "@tincan/webrtc/wire";

/** The addresses of this machine that a server can use. */
export interface OwnAddresses {
  /** Where other machines may reach this one. */
  readonly network: readonly string[];
  /** Where only this machine reaches itself. */
  readonly loopback: readonly string[];
}

/** All addresses of this machine but the link-local ones, which mean nothing without a link. */
export function ownAddresses(
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): OwnAddresses {
  const network = new Set<string>();
  const loopback = new Set<string>();
  for (const { address, internal } of Object.values(interfaces).flatMap((faces) => faces ?? [])) {
    const ip = canonicalIp(address);
    if (ip === undefined || isIn(LINK_LOCAL, ip)) continue;
    (internal ? loopback : network).add(ip);
  }
  return { network: ipv4First(network), loopback: ipv4First(loopback) };
}

/** Whether an address means nothing on the internet: others cannot send there. */
export function isPrivateIp(ip: string): boolean {
  return isIn(PRIVATE, ip);
}

export function isLoopbackIp(ip: string): boolean {
  return isIn(LOOPBACK, ip);
}

function isIn(ranges: readonly IpRange[], ip: string): boolean {
  const bytes = parseIp(ip);
  return bytes !== undefined && ranges.some((range) => isInRange(range, bytes));
}

function ipv4First(ips: Iterable<string>): readonly string[] {
  return [...ips].sort((a, b) => isIP(a) - isIP(b));
}

function rangesOf(...texts: readonly string[]): readonly IpRange[] {
  return texts.flatMap((text) => parseIpRange(text) ?? []);
}

/** RFC 3927 §2.1, RFC 4291 §2.5.6. */
const LINK_LOCAL = rangesOf("169.254.0.0/16", "fe80::/10");

/** RFC 1122 §3.2.1.3, RFC 4291 §2.5.3. */
const LOOPBACK = rangesOf("127.0.0.0/8", "::1");

/** RFC 1918 §3, RFC 6598 §7, RFC 4193 §3.1, and those above. */
const PRIVATE = [
  ...rangesOf("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"),
  ...LINK_LOCAL,
  ...LOOPBACK,
];
