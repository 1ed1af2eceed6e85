import { BlockList, isIP } from "node:net";
import { canonicalIp } from "@tincan/webrtc/wire";

/** A set of IP addresses, given one by one or as ranges. */
export class AddressRanges {
  readonly #list = new BlockList();

  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const parsed = parseRange(range);
      if (parsed === undefined) continue;
      const { network, length } = parsed;
      this.#list.addSubnet(network, length, family(network));
    }
  }

  /** Whether an address is among them; IPv4 counts as itself also where it comes mapped into IPv6. */
  contains(address: string): boolean {
    const ip = plainAddress(address);
    return ip !== undefined && this.#list.check(ip, family(ip));
  }
}

/** The machine itself (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export const LOOPBACK: readonly string[] = ["127.0.0.0/8", "::1"];

/** Whether a text is an address, or a range in CIDR notation (RFC 4632 §3.1). */
export function isAddressRange(text: string): boolean {
  return parseRange(text) !== undefined;
}

/** An address in one spelling: without a zone, and as IPv4 where it is mapped (RFC 4291 §2.5.5.2). */
export function plainAddress(text: string): string | undefined {
  const ip = canonicalIp(text.replace(/%.*$/, ""));
  const mapped = ip?.match(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/)?.[1];
  return mapped ?? ip;
}

function parseRange(text: string): { network: string; length: number } | undefined {
  const [address = "", prefix, ...rest] = text.split("/");
  const network = canonicalIp(address);
  if (network === undefined || rest.length > 0) return undefined;
  const most = isIP(network) === 6 ? 128 : 32;
  if (prefix === undefined) return { network, length: most };
  if (!/^[0-9]{1,3}$/.test(prefix) || Number(prefix) > most) return undefined;
  return { network, length: Number(prefix) };
}

function family(ip: string): "ipv4" | "ipv6" {
  return isIP(ip) === 6 ? "ipv6" : "ipv4";
}
