import type { Kind } from "./kinds.ts";

/** One setting of a command: a flag, an environment variable and a key of the config file in one. */
export interface Option<Value> {
  readonly kind: Kind<Value>;
  /** What the help says, without the default. */
  readonly help: string;
  /** `set` holds what is set for the other options of the table, by their names. */
  readonly fallback: (surroundings: Surroundings, set: Readonly<Record<string, unknown>>) => Value;
  /** The default in words, where its value is not what people should read. */
  readonly fallbackText?: string;
  /** Its value is nobody's business: `tincan config` does not show it. */
  readonly secret?: true;
}

/** All settings of a command, in the order in which the help lists them. */
export type OptionTable<Values> = { readonly [Name in keyof Values]-?: Option<Values[Name]> };

/** What defaults may depend on. */
export interface Surroundings {
  readonly env: Environment;
  /** Where relative paths of flags and variables start. */
  readonly cwd: string;
  /** Whether logs go to somebody who reads along. */
  readonly isTerminal: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a value came from; precedence is in this order. */
export type Source =
  | { readonly from: "flag"; readonly name: string }
  | { readonly from: "environment"; readonly name: string }
  | { readonly from: "file"; readonly name: string; readonly file: string }
  | { readonly from: "default" };

/** `httpPort` -> `http-port`: its flag without dashes, and its key in the config file. */
export function optionKey(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `httpPort` -> `TINCAN_HTTP_PORT`. */
export function variableName(name: string): string {
  return `TINCAN_${optionKey(name).replaceAll("-", "_").toUpperCase()}`;
}

/** What holds where nothing is set, beside the options that are. */
export function defaultValues<Values>(
  table: OptionTable<Values>,
  surroundings: Surroundings,
  set: Readonly<Partial<Record<string, unknown>>> = {},
): Values {
  const values: Partial<Values> = {};
  for (const name of Object.keys(table) as (keyof Values & string)[]) {
    values[name] = table[name].fallback(surroundings, set);
  }
  return values as Values;
}
