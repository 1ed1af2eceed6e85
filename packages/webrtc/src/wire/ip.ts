/** An IP address with a port. `ip` is text in canonical form, so that equal addresses are equal texts. */
export interface TransportAddress {
  /** Dotted IPv4, or IPv6 in lower case and shortest form (RFC 5952), without brackets or zone. */
  readonly ip: string;
  readonly port: number;
}

export function sameAddress(a: TransportAddress, b: TransportAddress): boolean {
  return a.port === b.port && a.ip === b.ip;
}

/** `192.0.2.1:3478`, `[2001:db8::1]:3478`. */
export function formatAddress(address: TransportAddress): string {
  return address.ip.includes(":")
    ? `[${address.ip}]:${address.port}`
    : `${address.ip}:${address.port}`;
}

/** A host as it is meant, where a URL or a Host header has IPv6 in brackets (RFC 3986 §3.2.2). */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}

/** Four or sixteen bytes of an address in text form; `undefined` where it is none. */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** The canonical text of 4 or 16 bytes (RFC 5952 §4). */
export function formatIp(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join(".") : formatIpv6(bytes);
}

/** An address text in canonical form, a zone cut off; `undefined` where it is no address. */
export function canonicalIp(text: string): string | undefined {
  const zone = text.indexOf("%");
  const bytes = parseIp(zone < 0 ? text : text.slice(0, zone));
  return bytes && formatIp(bytes);
}

/** Digit by digit: addresses are read for every candidate and every burst of packets. */
function parseIpv4(text: string): Uint8Array | undefined {
  if (text.length > 15) return undefined;
  const bytes = new Uint8Array(4);
  let part = 0;
  let value = -1;
  for (let at = 0; at <= text.length; at += 1) {
    const digit = at === text.length ? dot : text.charCodeAt(at) - zero;
    if (digit === dot) {
      if (value < 0 || part === 4) return undefined;
      bytes[part] = value;
      part += 1;
      value = -1;
    } else if (digit < 0 || digit > 9 || value === 0) {
      return undefined;
    } else {
      value = value < 0 ? digit : value * 10 + digit;
      if (value > 255) return undefined;
    }
  }
  return part === 4 ? bytes : undefined;
}

const zero = "0".charCodeAt(0);
/** As far from the zero as the digits are counted. */
const dot = ".".charCodeAt(0) - zero;

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] as string, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] as string, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head, 0);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** The bytes of colon-separated groups; the last may be a dotted IPv4 address (RFC 4291 §2.2). */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    if (last && index === groups.length - 1 && group.includes(".")) {
      const embedded = parseIpv4(group);
      if (embedded === undefined) return undefined;
      bytes.push(...embedded);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes.length <= 16 ? bytes : undefined;
}

function formatIpv6(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) {
    groups.push(((bytes[i] as number) << 8) | (bytes[i + 1] as number));
  }
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return `::ffff:${bytes.slice(12).join(".")}`;
  const gap = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (gap.length < 2) return hex.join(":");
  return `${hex.slice(0, gap.start).join(":")}::${hex.slice(gap.start + gap.length).join(":")}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i <= groups.length; i += 1) {
    if (groups[i] === 0) continue;
    if (i - start > best.length) best = { start, length: i - start };
    start = i + 1;
  }
  return best;
}
