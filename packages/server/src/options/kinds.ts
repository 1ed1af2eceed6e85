import { resolve } from "node:path";
import * as v from "valibot";

/** A kind of value: how it is read from text or from TOML, and how people are told what it may be. */
export interface Kind<Value> {
  /** Stands for the value in the help: `--port PORT`. */
  readonly placeholder: string;
  /** Completes the sentence "give ...". */
  readonly expects: string;
  readonly schema: v.GenericSchema<unknown, Value>;
  /** Flags may be repeated, variables hold several values with commas between them. */
  readonly many?: true;
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
