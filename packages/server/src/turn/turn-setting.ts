import type { Kind } from "../options/kinds.ts";
import { optionKey } from "../options/option.ts";
import { TURN_ALIASES, TURN_OPTIONS, type TurnOptions } from "./turn-options.ts";

/** Something that was said about an option, not yet judged. */
export interface Setting {
  readonly name: string;
  /** `undefined` where the name stands alone. */
  readonly value: string | undefined;
  /** How messages name it: `--realm` or `realm`. */
  readonly where: string;
  /** The file and line that it stands in; `undefined` for the command line. */
  readonly place: string | undefined;
}

/** The option of the table that a name stands for. */
export function tableName(name: string): keyof TurnOptions | undefined {
  return BY_KEY.get(name) ?? TURN_ALIASES.get(name);
}

/** All names that people may write, for guesses. */
export function turnOptionKeys(): Iterable<string> {
  return BY_KEY.keys();
}

/** Whether the name alone means something. */
export function isBareAllowed(kind: Kind<unknown>): boolean {
  return kind.bare !== undefined;
}

const BY_KEY: ReadonlyMap<string, keyof TurnOptions> = new Map(
  (Object.keys(TURN_OPTIONS) as (keyof TurnOptions)[]).map((name) => [optionKey(name), name]),
);
