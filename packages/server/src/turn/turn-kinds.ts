import { isIP } from "node:net";
import { resolve } from "node:path";
import { parseStunUri } from "@tincan/webrtc/stun";
import type { UserEntry } from "@tincan/webrtc/turn";
import { canonicalIp, fromHex, parseIpRange } from "@tincan/webrtc/wire";
import * as v from "valibot";
import { type Kind, optionalPath, portNumber, wholeNumber } from "../options/kinds.ts";

const MAX_TEXT = 512;

/** A port; `zero` says what 0 stands for. */
export function portOf(zero: string): Kind<number> {
  return { ...portNumber, expects: `a port from 1 to 65535, or 0 for ${zero}` };
}

/** A time that is not nothing. */
export const seconds: Kind<number> = wholeNumber("SECONDS", 1, 86_400);

/** `stale-nonce` alone is coturn's 600 seconds. */
export const nonceLifetime: Kind<number> = {
  ...wholeNumber("SECONDS", 0, 31_536_000),
  bare: "600",
};

/** A file, or standard output. */
export const logPlace: Kind<string | undefined> = {
  ...optionalPath("FILE"),
  locate: (value, folder) =>
    value === undefined || value === "stdout" || value === "-" ? value : resolve(folder, value),
};

/** An IP address of this machine; several where the option is repeated. */
export const addresses: Kind<readonly string[]> = {
  placeholder: "IP",
  expects: "an IP address",
  many: true,
  schema: v.array(v.pipe(v.string(), v.transform(canonicalIp), v.string())),
};

/** One IP address. */
export const address: Kind<string> = {
  placeholder: "IP",
  expects: "an IP address",
  schema: v.pipe(v.string(), v.transform(canonicalIp), v.string()),
};

/** How others see an address of this machine. */
export interface ExternalIp {
  readonly external: string;
  /** The address that it stands for; all of the family where it is not said. */
  readonly internal: string | undefined;
}

/** `PUBLIC` or `PUBLIC/PRIVATE`. */
export const externalIps: Kind<readonly ExternalIp[]> = {
  placeholder: "IP",
  expects: "PUBLIC or PUBLIC/PRIVATE, two IP addresses of one family",
  many: true,
  schema: v.array(oneExternalIp()),
};

/** One address, a block such as 10.0.0.0/8, or two ends with a dash between. */
export const peerRanges: Kind<readonly string[]> = {
  placeholder: "RANGE",
  expects: "an IP address, a block such as 10.0.0.0/8, or FIRST-LAST",
  many: true,
  schema: v.array(
    v.pipe(
      v.string(),
      v.check((text) => parseIpRange(text) !== undefined),
    ),
  ),
};

/** Ports to relay from, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** `FIRST-LAST`. */
export const portRange: Kind<string> = {
  placeholder: "FIRST-LAST",
  expects: "two ports with a dash between, such as 49152-65535",
  schema: v.pipe(
    v.string(),
    v.check((text) => readPortRange(text) !== undefined),
  ),
};

/** Reads `FIRST-LAST`. */
export function readPortRange(text: string): PortRange | undefined {
  const [, first, last] = /^\s*([0-9]{1,5})\s*-\s*([0-9]{1,5})\s*$/.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last) };
  return 1 <= range.first && range.first <= range.last && range.last < 65_536 ? range : undefined;
}

const SERVER_URL =
  /^(stuns?:([\w.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\])(:[0-9]{1,5})?|turns?:([\w.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\])(:[0-9]{1,5})?(\?transport=(udp|tcp))?)$/;

/** STUN and TURN servers of somebody else (RFC 7064 §3.1, RFC 7065 §3.1). */
export const turnServerUrls: Kind<readonly string[]> = {
  placeholder: "URL",
  expects: "an address such as turn:turn.example.org:3478?transport=udp (or turns:, stun:, stuns:)",
  many: true,
  schema: v.pipe(
    listOf((text) => SERVER_URL.test(text)),
    v.maxLength(8),
  ),
};

/** STUN servers that are asked over UDP, as TURN is (RFC 7064 §3.1). */
export const stunServers: Kind<readonly string[]> = {
  placeholder: "SERVER",
  expects: "a STUN server such as stun.example.org or stun:192.0.2.1:3478",
  many: true,
  schema: v.pipe(
    listOf((text) => parseStunUri(text)?.transport === "udp"),
    v.maxLength(8),
  ),
};

/** `PUBLIC` or `PUBLIC/PRIVATE`, of `tincan serve`, where variables hold several with commas between them. */
export const externalIpList: Kind<readonly string[]> = {
  ...{ placeholder: externalIps.placeholder, expects: externalIps.expects, many: true },
  schema: listOf((text) => readExternalIp(text) !== undefined),
};

/** A secret that need not be given. */
export const optionalSecret: Kind<string | undefined> = {
  placeholder: "SECRET",
  expects: "a secret of 1 to 512 characters",
  schema: v.pipe(v.string(), v.nonEmpty(), v.maxLength(MAX_TEXT)),
};

/** `NAME:PASSWORD`, or `NAME:0xKEY` as `turnadmin -k` makes it. */
export const users: Kind<readonly UserEntry[]> = {
  placeholder: "NAME:PASSWORD",
  expects: "NAME:PASSWORD, or NAME:0x and the 32 hexadecimal digits that turnadmin -k prints",
  many: true,
  schema: v.array(v.pipe(v.string(), v.transform(readUser), v.custom<UserEntry>(isThere))),
};

/** Texts, as often as they are given. */
export function texts(placeholder: string, expects: string): Kind<readonly string[]> {
  return {
    placeholder,
    expects,
    many: true,
    schema: v.array(v.pipe(v.string(), v.nonEmpty(), v.maxLength(MAX_TEXT))),
  };
}

/** One text. */
export function text(placeholder: string, expects: string, maxLength: number): Kind<string> {
  return {
    placeholder,
    expects,
    schema: v.pipe(v.string(), v.nonEmpty(), v.maxLength(maxLength)),
  };
}

/** Texts of one kind from flags, from a variable with commas, or from an array in TOML. */
function listOf(isMeant: (text: string) => boolean): v.GenericSchema<unknown, string[]> {
  return v.pipe(
    v.union([v.string(), v.array(v.string())]),
    v.transform((texts) => [texts].flat().flatMap((text) => text.split(","))),
    v.array(v.pipe(v.string(), v.trim(), v.check(isMeant))),
  );
}

function oneExternalIp(): v.GenericSchema<string, ExternalIp> {
  return v.pipe(v.string(), v.transform(readExternalIp), v.custom<ExternalIp>(isThere));
}

/** Reads `PUBLIC` or `PUBLIC/PRIVATE`. */
export function readExternalIp(written: string): ExternalIp | undefined {
  const [left = "", right, ...more] = written.split("/");
  const external = canonicalIp(left.trim());
  const internal = right === undefined ? undefined : canonicalIp(right.trim());
  if (external === undefined || more.length > 0) return undefined;
  if (right === undefined) return { external, internal };
  return internal !== undefined && isIP(internal) === isIP(external)
    ? { external, internal }
    : undefined;
}

function readUser(written: string): UserEntry | undefined {
  const colon = written.indexOf(":");
  const name = written.slice(0, colon);
  const secret = written.slice(colon + 1);
  // RFC 8489 §14.3: a user name is shorter than 509 bytes.
  if (colon < 1 || secret === "" || name.length >= 509) return undefined;
  if (!secret.startsWith("0x")) return { name, password: secret };
  const digits = secret.slice(2);
  // As long as an MD5 or a SHA-256 digest (RFC 8489 §18.5.1).
  const key = /^([0-9a-fA-F]{32}|[0-9a-fA-F]{64})$/.test(digits) ? fromHex(digits) : undefined;
  return key && { name, key };
}

function isThere(value: unknown): boolean {
  return value !== undefined;
}
