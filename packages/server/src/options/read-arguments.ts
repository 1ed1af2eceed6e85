import { parseArgs } from "node:util";
import { ServerError } from "../server-error.ts";
import { didYouMean } from "./closest-word.ts";
import { type OptionTable, optionKey } from "./option.ts";

/** A command line, taken apart but not yet judged. */
export interface Arguments {
  readonly help: boolean;
  readonly version: boolean;
  /** The config file that `--config` names. */
  readonly config: string | undefined;
  /** The texts given for each option, by the option's name in the table. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/** Takes a command line apart; `command` is for the messages. */
export function readArguments<Values>(
  args: readonly string[],
  table: OptionTable<Values>,
  command: string,
): Arguments {
  const names = new Map(Object.keys(table).map((name) => [optionKey(name), name]));
  const texts = new Map<string, string[]>();
  const switches = new Set<string>();
  let config: string | undefined;

  const isBare = (key: string): boolean => bareOf(table, names.get(key)) !== undefined;
  for (const token of tokenize(args, [...names.keys(), "config"], isBare)) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      throw new ServerError(
        "unknown-option",
        `${command} takes no argument ${quote(token.value)}; options begin with two dashes (see ${command} --help)`,
      );
    }
    const key = token.name === "h" && token.rawName === "-h" ? "help" : token.name;
    const name = names.get(key);
    if ((key === "help" || key === "version") && token.value === undefined) switches.add(key);
    else if (name === undefined && key !== "config")
      throw unknownOption(token.rawName, names, command);
    else {
      const text = token.value ?? bareOf(table, name);
      if (text === undefined || (!token.inlineValue && text.startsWith("--"))) {
        throw new ServerError("missing-value", `--${key} needs a value (see ${command} --help)`);
      }
      if (name === undefined) config = text;
      else texts.set(name, [...(texts.get(name) ?? []), text]);
    }
  }
  return { help: switches.has("help"), version: switches.has("version"), config, texts };
}

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];

/** What the name of an option alone stands for. */
function bareOf<Values>(table: OptionTable<Values>, name: string | undefined): string | undefined {
  return name === undefined ? undefined : table[name as keyof Values].kind.bare;
}

function tokenize(
  args: readonly string[],
  keys: readonly string[],
  isBare: (key: string) => boolean,
): readonly Token[] {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      keys.map((key) => [key, { type: isBare(key) ? ("boolean" as const) : ("string" as const) }]),
    ),
  });
  return tokens;
}

function unknownOption(
  written: string,
  names: ReadonlyMap<string, string>,
  command: string,
): ServerError {
  const known = [...names.keys(), "config", "help", "version"].map((key) => `--${key}`);
  const hint = didYouMean(written, known) || ` (see ${command} --help)`;
  return new ServerError("unknown-option", `unknown option ${written}${hint}`);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
