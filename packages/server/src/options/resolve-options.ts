import { dirname, resolve } from "node:path";
import * as v from "valibot";
import { ServerError } from "../server-error.ts";
import { closestWord } from "./closest-word.ts";
import {
  defaultValues,
  type Option,
  type OptionTable,
  optionKey,
  type Source,
  type Surroundings,
  variableName,
} from "./option.ts";
import type { Arguments } from "./read-arguments.ts";
import { readConfigFile } from "./read-config-file.ts";

/** The values that hold, and where each came from. */
export interface ResolvedOptions<Values> {
  readonly values: Values;
  readonly sources: { readonly [Name in keyof Values]: Source };
  /** Sentences about what was probably meant otherwise, such as a variable that nobody reads. */
  readonly warnings: readonly string[];
}

/** Flags win over the environment, the environment over the config file, the file over defaults. */
export async function resolveOptions<Values>(
  table: OptionTable<Values>,
  given: Arguments,
  surroundings: Surroundings,
): Promise<ResolvedOptions<Values>> {
  const { env, cwd } = surroundings;
  const configured = given.config ?? (env.TINCAN_CONFIG || undefined);
  const file = configured === undefined ? undefined : resolve(cwd, configured);
  const inFile = file === undefined ? new Map() : await readConfigFile(file, table);

  const set: Partial<Values> = {};
  const sources: Partial<Record<keyof Values, Source>> = {};
  for (const name of Object.keys(table) as (keyof Values & string)[]) {
    const option = table[name];
    const found = find(name, option, given, surroundings, file, inFile);
    sources[name] = found?.source ?? { from: "default" };
    if (found !== undefined) set[name] = judge(option, found, file, cwd);
  }
  return {
    // In the order of the table, not in that in which values were found.
    values: { ...defaultValues(table, surroundings, set), ...set },
    sources: sources as Record<keyof Values, Source>,
    warnings: unreadVariables(table, surroundings),
  };
}

interface Found {
  readonly raw: unknown;
  readonly source: Exclude<Source, { from: "default" }>;
}

function find<Value>(
  name: string,
  option: Option<Value>,
  given: Arguments,
  { env }: Surroundings,
  file: string | undefined,
  inFile: ReadonlyMap<string, unknown>,
): Found | undefined {
  const texts = given.texts.get(name);
  if (texts !== undefined) {
    const raw = option.kind.many ? texts : texts.at(-1);
    return { raw, source: { from: "flag", name: `--${optionKey(name)}` } };
  }
  const variable = variableName(name);
  if (env[variable]) return { raw: env[variable], source: { from: "environment", name: variable } };
  if (file !== undefined && inFile.has(name)) {
    return { raw: inFile.get(name), source: { from: "file", name: optionKey(name), file } };
  }
  return undefined;
}

function judge<Value>(
  option: Option<Value>,
  { raw, source }: Found,
  file: string | undefined,
  cwd: string,
): Value {
  const { kind } = option;
  const result = v.safeParse(kind.schema, raw);
  if (!result.success) {
    const where = source.from === "file" ? `${source.file}: ${source.name}` : source.name;
    throw new ServerError(
      "bad-value",
      `${where}: ${JSON.stringify(raw)} will not do; give ${kind.expects}`,
    );
  }
  const folder = source.from === "file" && file !== undefined ? dirname(file) : cwd;
  return kind.locate === undefined ? result.output : kind.locate(result.output, folder);
}

/** Variables that look like ours and are not: most likely a slip of the pen. */
function unreadVariables<Values>(
  table: OptionTable<Values>,
  { env }: Surroundings,
): readonly string[] {
  const known = new Set(["TINCAN_CONFIG", ...Object.keys(table).map(variableName)]);
  return Object.keys(env)
    .filter((name) => name.startsWith("TINCAN_") && !known.has(name))
    .map((name) => {
      const meant = closestWord(name, known);
      const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
      return `the environment variable ${name} means nothing to tincan${hint}`;
    });
}
