import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { canonicalIp, isInRange, parseIp, parseIpRange } from "@tincan/webrtc/wire";

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
    if (ip === undefined || isLinkLocal(ip)) continue;
    (internal ? loopback : network).add(ip);
  }
  return { network: ipv4First(network), loopback: ipv4First(loopback) };
}

function ipv4First(ips: Iterable<string>): readonly string[] {
  return [...ips].sort((a, b) => isIP(a) - isIP(b));
}

/** Link-local addresses (RFC 3927 §2.1, RFC 4291 §2.5.6). */
function isLinkLocal(ip: string): boolean {
  const bytes = parseIp(ip);
  return bytes !== undefined && LINK_LOCAL.some((range) => isInRange(range, bytes));
}

const LINK_LOCAL = ["169.254.0.0/16", "fe80::/10"].flatMap((text) => parseIpRange(text) ?? []);
