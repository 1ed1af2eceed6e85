import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parse, TomlError } from "smol-toml";
import { ServerError, systemCode } from "../server-error.ts";
import { didYouMean } from "./closest-word.ts";
import { type OptionTable, optionKey } from "./option.ts";

/** The values of a TOML file, by the option's name in the table. */
export async function readConfigFile<Values>(
  file: string,
  table: OptionTable<Values>,
): Promise<ReadonlyMap<string, unknown>> {
  const names = new Map(Object.keys(table).map((name) => [optionKey(name), name]));
  const values = new Map<string, unknown>();
  for (const [key, value] of Object.entries(parseToml(file, await read(file)))) {
    const name = names.get(key);
    if (name === undefined) {
      throw new ServerError(
        "bad-config",
        `${file}: unknown key ${JSON.stringify(key)}${didYouMean(key, names.keys()) || "; remove it (tincan serve --help lists the keys)"}`,
      );
    }
    values.set(name, value);
  }
  return values;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const why = systemCode(cause) === "ENOENT" ? "there is no such file" : systemCode(cause);
    throw new ServerError(
      "unreadable-file",
      `--config: cannot read ${file} (${why}); give the path of a TOML file that this user may read`,
      { cause },
    );
  }
}

function parseToml(file: string, text: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const fault = cause.message.split("\n", 1)[0]?.replace(/^Invalid TOML document: /, "");
    throw new ServerError(
      "bad-config",
      `${file}: line ${cause.line}, column ${cause.column} is not TOML (${fault}); lines read like ${basename(file)}: port = 8443`,
      { cause },
    );
  }
}
