import { parseIp, type TransportAddress, writeU16 } from "../../wire/index.ts";

/** Address families of Linux (socket(2)). */
export const family = { inet: 2, inet6: 10 } as const;

/** A sockaddr_in or sockaddr_in6 of Linux (ip(7), ipv6(7)); empty where the text is no address. */
export function socketAddress({ ip, port }: TransportAddress): Uint8Array {
  const bytes = parseIp(ip);
  if (bytes === undefined) return new Uint8Array(0);
  const isSix = bytes.length === 16;
  const name = new Uint8Array(isSix ? 28 : 16);
  name[0] = isSix ? family.inet6 : family.inet;
  writeU16(name, 2, port);
  name.set(bytes, isSix ? 8 : 4);
  return name;
}
