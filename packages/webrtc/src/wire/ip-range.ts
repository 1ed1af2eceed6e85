import { parseIp } from "./ip.ts";

/** A run of addresses of one family, both ends included. */
export interface IpRange {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

/** One address, a CIDR block (`10.0.0.0/8`), or two ends (`10.0.0.1-10.0.0.9`, as coturn writes it). */
export function parseIpRange(text: string): IpRange | undefined {
  if (text.includes("/")) return parseCidr(text);
  const ends = text.split("-");
  if (ends.length > 2) return undefined;
  const first = parseIp((ends[0] as string).trim());
  const last = ends.length === 2 ? parseIp((ends[1] as string).trim()) : first;
  if (first === undefined || last === undefined) return undefined;
  if (first.length !== last.length || compareIps(first, last) > 0) return undefined;
  return { first, last };
}

/** Whether an address of four or sixteen bytes lies in a range: the whole address is compared. */
export function isInRange(range: IpRange, ip: Uint8Array): boolean {
  return (
    ip.length === range.first.length &&
    compareIps(range.first, ip) <= 0 &&
    compareIps(ip, range.last) <= 0
  );
}

function parseCidr(text: string): IpRange | undefined {
  const slash = text.indexOf("/");
  const base = parseIp(text.slice(0, slash).trim());
  const length = text.slice(slash + 1).trim();
  if (base === undefined || !/^(0|[1-9][0-9]{0,2})$/.test(length)) return undefined;
  const bits = Number(length);
  if (bits > base.length * 8) return undefined;
  const first = base.slice();
  const last = base.slice();
  for (let i = 0; i < base.length; i += 1) {
    const kept = Math.min(8, Math.max(0, bits - 8 * i));
    const host = 0xff >> kept;
    first[i] = (base[i] as number) & ~host;
    last[i] = (base[i] as number) | host;
  }
  return { first, last };
}

function compareIps(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i += 1) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
