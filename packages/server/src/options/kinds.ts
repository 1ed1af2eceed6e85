import { resolve } from "node:path";
import { domainToASCII } from "node:url";
import * as v from "valibot";
import { isAddressRange } from "../proxy/address-ranges.ts";

/** A kind of value: how it is read from text or from TOML, and how people are told what it may be. */
export interface Kind<Value> {
  /** Stands for the value in the help: `--port PORT`. */
  readonly placeholder: string;
  /** Completes the sentence "give ...". */
  readonly expects: string;
  readonly schema: v.GenericSchema<unknown, Value>;
  /** Flags may be repeated, variables hold several values with commas between them. */
  readonly many?: true;
  /** What the name alone stands for; without it there has to be a value. */
  readonly bare?: string;
  /** Makes a path absolute, seen from the folder of the one who wrote it. */
  locate?(value: Value, folder: string): Value;
}

/** A whole number in a range. */
export function wholeNumber(placeholder: string, min: number, max: number): Kind<number> {
  return {
    placeholder,
    expects: `a whole number from ${min} to ${max}`,
    schema: v.pipe(
      v.union([v.pipe(v.string(), v.regex(/^[0-9]{1,15}$/), v.transform(Number)), v.number()]),
      v.safeInteger(),
      v.minValue(min),
      v.maxValue(max),
    ),
  };
}

/** A TCP or UDP port; 0 stands for any that is free. */
export const portNumber: Kind<number> = {
  ...wholeNumber("PORT", 0, 65_535),
  expects: "a port from 1 to 65535, or 0 for any that is free",
};

/** An IP address or a host name to listen on. */
export const hostAddress: Kind<string | undefined> = {
  placeholder: "ADDRESS",
  expects: "an IP address or a host name of this machine",
  schema: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_.:%-]{1,253}$/)),
};

/** Like `hostAddress`, where there is always one. */
export const requiredHost: Kind<string> = {
  placeholder: hostAddress.placeholder,
  expects: hostAddress.expects,
  schema: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_.:%-]{1,253}$/)),
};

/** A file or folder, as an absolute path. */
export function path(placeholder: string): Kind<string> {
  return {
    placeholder,
    expects: "a path",
    schema: v.pipe(v.string(), v.minLength(1), v.regex(/^[^\0]+$/)),
    locate: (value, folder) => resolve(folder, value),
  };
}

/** A file that need not be given. */
export function optionalPath(placeholder: string): Kind<string | undefined> {
  const { locate: _, ...kind } = path(placeholder);
  return { ...kind, locate: (value, folder) => value && resolve(folder, value) };
}

/** A port that need not be open; `off` says so where a default would open it. */
export const optionalPort: Kind<number | undefined> = {
  placeholder: "PORT",
  expects: "a port from 1 to 65535, 0 for any that is free, or off",
  schema: v.union([
    v.pipe(
      v.literal("off"),
      v.transform(() => undefined),
    ),
    portNumber.schema,
  ]),
};

/** The name of this server in the DNS; other scripts become their ASCII form (RFC 5891). */
export const domainName: Kind<string | undefined> = {
  placeholder: "NAME",
  expects: "a name such as call.example.org, without https:// and without a port",
  schema: v.pipe(
    v.string(),
    v.transform((text) => domainToASCII(text.trim()).replace(/\.$/, "")),
    v.regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/),
  ),
};

/** An e-mail address, of which little is asked: the one who is written to judges. */
export const emailAddress: Kind<string | undefined> = {
  placeholder: "ADDRESS",
  expects: "an e-mail address such as amy@example.org",
  schema: v.pipe(v.string(), v.trim(), v.regex(/^[^@\s,?]{1,64}@[^@\s,?]{3,190}$/)),
};

/** The address of a service, which speaks https unless it runs on this machine. */
export const serviceUrl: Kind<string> = {
  placeholder: "URL",
  expects: "an address that begins with https:// (http:// only for this machine)",
  schema: v.pipe(
    v.string(),
    v.check((text) => {
      const url = URL.parse(text);
      const isHere = /^(localhost|127\.[0-9.]+|\[::1\])$/.test(url?.hostname ?? "");
      return url?.protocol === "https:" || (url?.protocol === "http:" && isHere);
    }),
  ),
};

/** IP addresses, and ranges of them in CIDR notation (RFC 4632 §3.1). */
export const addressRanges: Kind<readonly string[]> = {
  placeholder: "ADDRESSES",
  expects: "IP addresses or ranges such as 10.0.0.0/8, with commas between them",
  many: true,
  schema: v.pipe(
    v.union([v.string(), v.array(v.string())]),
    v.transform((texts) => [texts].flat().flatMap((text) => text.split(","))),
    v.array(v.pipe(v.string(), v.trim(), v.check(isAddressRange))),
  ),
};

/** A switch: the name alone turns it on. */
export const flag: Kind<boolean> = {
  placeholder: "",
  expects: "yes or no (on, off, true, false, 1 and 0 will do too), or nothing for yes",
  bare: "yes",
  schema: v.union([
    v.boolean(),
    v.pipe(
      v.string(),
      v.toLowerCase(),
      v.picklist(["yes", "y", "on", "true", "t", "1", "no", "n", "off", "false", "f", "0"]),
      v.transform((word) => /^(y|on|t|1)/.test(word)),
    ),
  ]),
};

/** One of some words. */
export function choice<Word extends string>(
  placeholder: string,
  words: readonly Word[],
): Kind<Word> {
  return {
    placeholder,
    expects: `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`,
    schema: v.picklist(words),
  };
}

/** Web origins, as browsers send them. */
export const origins: Kind<readonly string[]> = {
  placeholder: "ORIGIN",
  expects: "an origin such as https://example.org, without a path (or * for every site)",
  many: true,
  schema: v.pipe(
    v.union([v.string(), v.array(v.string())]),
    v.transform((texts) => [texts].flat().flatMap((text) => text.split(","))),
    v.array(
      v.pipe(
        v.string(),
        v.transform((text) => (text.trim() === "*" ? "*" : bareOrigin(text))),
        v.string(),
      ),
    ),
  ),
};

function bareOrigin(text: string): string | undefined {
  const url = URL.parse(text);
  const isBare = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  return isBare ? url.origin : undefined;
}
