import { formatIp, parseIp, toHex } from "@tincan/webrtc/wire";

/**
 * What an address counts as: itself for IPv4, also where it comes mapped into IPv6, and its /64 for IPv6, as
 * one subscriber has all of it (RFC 6177 §2).
 */
export function addressKey(address: string): string {
  const zone = address.indexOf("%");
  const bytes = parseIp(zone < 0 ? address : address.slice(0, zone));
  if (bytes === undefined) return address;
  if (bytes.length === 4) return formatIp(bytes);
  if (toHex(bytes.subarray(0, 12)) === MAPPED) return formatIp(bytes.slice(12));
  const network = new Uint8Array(16);
  network.set(bytes.subarray(0, 8));
  return `${formatIp(network)}/64`;
}

/** `::ffff:0:0/96` (RFC 4291 §2.5.5.2) */
const MAPPED = "00000000000000000000ffff";
