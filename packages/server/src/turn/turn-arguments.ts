import { ServerError } from "../server-error.ts";
import { FOREIGN_OPTIONS } from "./foreign-options.ts";
import { TURN_ALIASES, TURN_OPTIONS } from "./turn-options.ts";
import { isBareAllowed, type Setting, tableName } from "./turn-setting.ts";

/** The command line of `tincan turn`, taken apart but not yet judged. */
export interface TurnArguments {
  readonly help: boolean;
  readonly version: boolean;
  /** The file that `-c` names. */
  readonly file: string | undefined;
  readonly settings: readonly Setting[];
}

/** Takes it apart as coturn does: `--name=value`, `--name value`, `--name`, `-p value`. */
export function readTurnArguments(args: readonly string[]): TurnArguments {
  const settings: Setting[] = [];
  const switches = new Set<string>();
  let file: string | undefined;
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const { name, inline } = takeApart(word);
    const where = word.startsWith("--") ? `--${name}` : `-${name}`;
    if (SWITCHES.has(name) && inline === undefined) switches.add(SWITCHES.get(name) as string);
    else if (name === "c" || name === "config") file = inline ?? nextValue(where, rest);
    else {
      const value = inline ?? (wantsValue(name) ? nextValue(where, rest) : strayValue(name, rest));
      settings.push({ name, value, where, place: undefined });
    }
  }
  return { help: switches.has("help"), version: switches.has("version"), file, settings };
}

const SWITCHES: ReadonlyMap<string, string> = new Map([
  ["help", "help"],
  ["h", "help"],
  ["version", "version"],
]);

function takeApart(word: string): { readonly name: string; readonly inline: string | undefined } {
  const [, name, inline] = /^-{1,2}([A-Za-z0-9][\w-]*)(?:=(.*))?$/s.exec(word) ?? [];
  const isShort = !word.startsWith("--");
  if (name === undefined || (isShort && name.length > 1)) {
    throw new ServerError(
      "unknown-option",
      `tincan turn takes no argument ${JSON.stringify(word)}; options begin with two dashes, letters of coturn with one (see tincan turn --help)`,
    );
  }
  return { name, inline };
}

/** What stands behind an option of coturn that we have not belongs to it, unless it is an option itself. */
function strayValue(name: string, rest: string[]): string | undefined {
  const isStray = FOREIGN_OPTIONS.has(name) && rest[0] !== undefined && !rest[0].startsWith("-");
  return isStray ? rest.shift() : undefined;
}

function wantsValue(name: string): boolean {
  const known = tableName(name);
  return known !== undefined && !isBareAllowed(TURN_OPTIONS[known].kind);
}

function nextValue(where: string, rest: string[]): string {
  const value = rest.shift();
  if (value === undefined || /^--?[A-Za-z]/.test(value)) {
    throw new ServerError("missing-value", `${where} needs a value (see tincan turn --help)`);
  }
  return value;
}

/** Letters that stand for a name, for the help. */
export function lettersOf(name: string): string[] {
  return [...TURN_ALIASES].flatMap(([letter, meant]) =>
    meant === name && letter.length === 1 ? [`-${letter}`] : [],
  );
}
