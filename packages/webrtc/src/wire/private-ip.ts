import { parseIp } from "./ip.ts";
import { type IpRange, isInRange, parseIpRange } from "./ip-range.ts";

/** Whether an address means nothing on the internet: others cannot send there. */
export function isPrivateIp(ip: string): boolean {
  return isIn(privateRanges, ip);
}

export function isLoopbackIp(ip: string): boolean {
  return isIn(loopbackRanges, ip);
}

function isIn(ranges: readonly IpRange[], ip: string): boolean {
  const bytes = parseIp(ip);
  return bytes !== undefined && ranges.some((range) => isInRange(range, bytes));
}

function rangesOf(...texts: readonly string[]): readonly IpRange[] {
  return texts.flatMap((text) => parseIpRange(text) ?? []);
}

/** RFC 1122 §3.2.1.3, RFC 4291 §2.5.3. */
const loopbackRanges = rangesOf("127.0.0.0/8", "::1");

/** RFC 1918 §3, RFC 6598 §7, RFC 3927 §2.1, RFC 4193 §3.1, RFC 4291 §2.5.6, and those above. */
const privateRanges = [
  ...rangesOf("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"),
  ...rangesOf("fc00::/7", "fe80::/10"),
  ...loopbackRanges,
];
