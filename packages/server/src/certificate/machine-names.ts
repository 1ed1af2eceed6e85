import { hostname, networkInterfaces } from "node:os";
import { canonicalIp } from "@tincan/webrtc/wire";
import type { CertificateNames } from "./server-certificate.ts";

/** All names and addresses under which this machine may be visited. */
export function machineNames(
  interfaces: Interfaces = networkInterfaces(),
  host: string = hostname().toLowerCase(),
): CertificateNames {
  const ips = interfaceAddresses(interfaces).map(({ ip }) => ip);
  // A host name may hold what a certificate cannot (RFC 5280 §4.2.1.6 asks for plain DNS names).
  const isDnsName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(host);
  return {
    dns: [...new Set(["localhost", ...(isDnsName ? [host] : [])])],
    ips: [...new Set(["127.0.0.1", "::1", ...ips])].slice(0, MAX_ADDRESSES),
  };
}

/** The addresses at which other devices reach this machine, IPv4 first; at most one IPv6 address of each interface. */
export function networkAddresses(interfaces: Interfaces = networkInterfaces()): readonly string[] {
  const outward = interfaceAddresses(interfaces).filter(
    ({ ip, internal }) => !internal && !/^(169\.254\.|fe[89ab])/.test(ip),
  );
  const isIpv6 = (ip: string): boolean => ip.includes(":");
  const firstIpv6 = new Map(
    outward
      .filter(({ ip }) => isIpv6(ip))
      .reverse()
      .map(({ name, ip }) => [name, ip]),
  );
  return [...outward.map(({ ip }) => ip).filter((ip) => !isIpv6(ip)), ...firstIpv6.values()];
}

export type Interfaces = ReturnType<typeof networkInterfaces>;

/** Machines with hundreds of virtual interfaces must not grow a certificate beyond what TLS carries well. */
const MAX_ADDRESSES = 100;

function interfaceAddresses(
  interfaces: Interfaces,
): { readonly name: string; readonly ip: string; readonly internal: boolean }[] {
  return Object.entries(interfaces).flatMap(([name, addresses]) =>
    (addresses ?? []).flatMap(({ address, internal }) => {
      const ip = canonicalIp(address);
      return ip === undefined ? [] : [{ name, ip, internal }];
    }),
  );
}
