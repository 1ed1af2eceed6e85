import { wrap } from "@tincan/doctor";
import { type Option, type OptionTable, optionKey, type Surroundings } from "./option.ts";

/** The list of a command's options, two columns wide, for `--help`. */
export function optionsHelp<Values>(
  table: OptionTable<Values>,
  surroundings: Surroundings,
): string {
  const rows: [string, string][] = Object.entries<Option<unknown>>(table).map(([name, option]) => [
    `--${optionKey(name)} ${option.kind.placeholder}`.trimEnd(),
    `${option.help} (${defaultText(option, surroundings)})`,
  ]);
  rows.push(["--config FILE", "read options from a TOML file (default: none)"]);
  rows.push(["-h, --help", "show this help"], ["--version", "show the version"]);
  return columns(rows);
}

/** Rows of two cells, the second wrapped to fit 80 columns. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const left = Math.max(...rows.map(([term]) => term.length)) + 4;
  return rows
    .map(([term, text]) => {
      const lines = wrap(text, 80 - left).join(`\n${" ".repeat(left)}`);
      return `  ${term.padEnd(left - 2)}${lines}`;
    })
    .join("\n");
}

function defaultText(option: Option<unknown>, surroundings: Surroundings): string {
  const text = option.fallbackText ?? String(option.fallback(surroundings, {}));
  return `${option.kind.many ? "repeatable, " : ""}default: ${text}`;
}
