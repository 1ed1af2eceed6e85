import type { networkInterfaces } from "node:os";
import { canonicalIp } from "../../wire/index.ts";

/** What `os.networkInterfaces` tells. */
export type Interfaces = ReturnType<typeof networkInterfaces>;

/**
 * The addresses of this machine that others may reach, IPv6 first (RFC 8421 §4). Loopback only where
 * there is nothing else; never link-local IPv6, which means nothing without a zone.
 */
export function localAddresses(interfaces: Interfaces): readonly string[] {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const outer = all.filter(({ internal }) => !internal);
  const usable = (outer.length > 0 ? outer : all).flatMap(({ address }) => {
    const ip = canonicalIp(address);
    return ip === undefined || /^fe[89ab][0-9a-f]:/.test(ip) ? [] : [ip];
  });
  return usable.sort((a, b) => Number(b.includes(":")) - Number(a.includes(":")));
}

/** Whether an interface has the address. */
export function hasAddress(interfaces: Interfaces, ip: string): boolean {
  return Object.values(interfaces).some((addresses) =>
    addresses?.some(({ address }) => canonicalIp(address) === ip),
  );
}
