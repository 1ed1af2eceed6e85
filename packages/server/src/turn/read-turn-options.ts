import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import * as v from "valibot";
import { didYouMean } from "../options/closest-word.ts";
import type { Kind } from "../options/kinds.ts";
import { defaultValues, optionKey, type Surroundings } from "../options/option.ts";
import { ServerError, systemCode } from "../server-error.ts";
import { FOREIGN_OPTIONS } from "./foreign-options.ts";
import type { TurnArguments } from "./turn-arguments.ts";
import { TURN_OPTIONS, type TurnOptions } from "./turn-options.ts";
import { type Setting, tableName, turnOptionKeys } from "./turn-setting.ts";
import { readTurnserverConf } from "./turnserver-conf.ts";

/** The values that hold, and where people wrote them. */
export interface ReadTurnOptions {
  readonly values: TurnOptions;
  /** How a message begins that is about an option: with its file and line, or its flag. */
  readonly placeOf: (name: keyof TurnOptions, value?: string) => string;
  readonly isSet: (name: keyof TurnOptions) => boolean;
  /** Sentences about options that do nothing here. */
  readonly warnings: readonly string[];
}

/** Reads the file that the command line names; what stands in both is taken from the command line. */
export async function readTurnOptions(
  given: TurnArguments,
  surroundings: Surroundings,
): Promise<ReadTurnOptions> {
  const file = given.file === undefined ? undefined : resolve(surroundings.cwd, given.file);
  const inFile = file === undefined ? [] : await readConf(file);
  return resolveTurnSettings(given.settings, inFile, surroundings, file && dirname(file));
}

/** Judges what was set: `folder` is the one of the file, where its relative paths start. */
export function resolveTurnSettings(
  flags: readonly Setting[],
  inFile: readonly Setting[],
  surroundings: Surroundings,
  folder: string = surroundings.cwd,
): ReadTurnOptions {
  const warned = new Map<string, string>();
  const known = new Map<keyof TurnOptions, Setting[]>();
  for (const settings of [inFile, flags]) {
    for (const [name, found] of sortOut(settings, warned)) known.set(name, found);
  }
  const set: Partial<TurnOptions> = {};
  for (const [name, settings] of known) {
    const isInFile = settings.some(({ place }) => place !== undefined);
    Object.assign(set, { [name]: judge(name, settings, isInFile ? folder : surroundings.cwd) });
  }
  return {
    values: { ...defaultValues(TURN_OPTIONS, surroundings, set), ...set },
    placeOf: (name, value) => placeOf(name, known.get(name) ?? [], value),
    isSet: (name) => known.has(name),
    warnings: [...warned.values()],
  };
}

async function readConf(file: string): Promise<readonly Setting[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const why = systemCode(cause) === "ENOENT" ? "there is no such file" : systemCode(cause);
    throw new ServerError(
      "unreadable-file",
      `-c: cannot read ${file} (${why}); give the path of a turnserver.conf that this user may read`,
      { cause },
    );
  }
  return readTurnserverConf(text).map(({ name, value, line }) => ({
    name,
    value,
    where: name,
    place: `${file}, line ${line}`,
  }));
}

/** The settings of each option that we have; the others are warned of, or stop the start. */
function sortOut(
  settings: readonly Setting[],
  warned: Map<string, string>,
): ReadonlyMap<keyof TurnOptions, Setting[]> {
  const found = new Map<keyof TurnOptions, Setting[]>();
  for (const setting of settings) {
    const name = tableName(setting.name);
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), setting]);
    else {
      const warning = warningFor(setting);
      if (warning !== undefined && !warned.has(setting.name)) warned.set(setting.name, warning);
    }
  }
  return found;
}

function warningFor(setting: Setting): string | undefined {
  const foreign = FOREIGN_OPTIONS.get(setting.name);
  if (foreign === undefined) {
    const cure =
      didYouMean(setting.name, turnOptionKeys()) || "; remove it (tincan turn --help lists all)";
    throw new ServerError(
      setting.place === undefined ? "unknown-option" : "bad-config",
      `${begin(setting)}: there is no such option${cure}`,
    );
  }
  return foreign.instead && `${begin(setting)} does nothing here: ${foreign.instead}`;
}

function judge(name: keyof TurnOptions, settings: readonly Setting[], folder: string): unknown {
  const { kind, secret } = TURN_OPTIONS[name] as {
    readonly kind: Kind<unknown>;
    readonly secret?: true;
  };
  const judgeOne = (setting: Setting): unknown => {
    const raw = setting.value ?? kind.bare;
    if (raw === undefined) {
      throw new ServerError("missing-value", `${begin(setting)} needs a value: ${kind.expects}`);
    }
    const result = v.safeParse(kind.schema, kind.many ? [raw] : raw);
    if (!result.success) {
      const shown = secret ? "what is given" : JSON.stringify(raw);
      throw new ServerError(
        "bad-value",
        `${begin(setting)}: ${shown} will not do; give ${kind.expects}`,
      );
    }
    return result.output;
  };
  const judged = settings.map(judgeOne);
  const value = kind.many ? judged.flat() : judged.at(-1);
  return kind.locate === undefined ? value : kind.locate(value, folder);
}

function placeOf(
  name: keyof TurnOptions,
  settings: readonly Setting[],
  value: string | undefined,
): string {
  const meant = settings.find((setting) => setting.value === value) ?? settings.at(-1);
  return meant === undefined ? `--${optionKey(name)}` : begin(meant);
}

function begin({ where, place }: Setting): string {
  return place === undefined ? where : `${place}: ${where}`;
}
