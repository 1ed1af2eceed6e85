import { parseIp, type TransportAddress, writeU16 } from "../../wire/index.ts";

/** Address families of Linux (socket(2)). */
export const family = { inet: 2, inet6: 10 } as const;

/** The most that a socket address takes: sockaddr_in6 (ipv6(7)). */
export const longestSocketAddress = 28;

/** Writes a sockaddr_in or sockaddr_in6 of Linux (ip(7), ipv6(7)); answers its length, 0 where the text is no address. */
export function writeSocketAddress(out: Uint8Array, at: number, address: TransportAddress): number {
  const ip = parseIp(address.ip);
  if (ip === undefined) return 0;
  const isSix = ip.length === 16;
  const length = isSix ? longestSocketAddress : 16;
  out.fill(0, at, at + length);
  out[at] = isSix ? family.inet6 : family.inet;
  writeU16(out, at + 2, address.port);
  out.set(ip, at + (isSix ? 8 : 4));
  return length;
}
