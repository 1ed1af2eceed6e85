import { columns } from "../options/help-text.ts";
import { type Option, optionKey, type Surroundings } from "../options/option.ts";
import { lettersOf } from "./turn-arguments.ts";
import { TURN_OPTIONS } from "./turn-options.ts";

/** The list of the options of `tincan turn`, two columns wide. */
export function turnOptionsHelp(surroundings: Surroundings): string {
  const rows: [string, string][] = [
    ["-c FILE", "read options from a turnserver.conf (default: none)"],
  ];
  for (const [name, option] of Object.entries<Option<unknown>>(TURN_OPTIONS)) {
    const key = `--${optionKey(name)}`;
    const names = [...lettersOf(name), key].join(", ");
    rows.push([
      `${names} ${option.kind.placeholder}`.trimEnd(),
      `${option.help} (${defaultText(option, surroundings)})`,
    ]);
  }
  rows.push(["-h, --help", "show this help"], ["--version", "show the version"]);
  return columns(rows);
}

/** The default of an option, in words. */
export function defaultText(option: Option<unknown>, surroundings: Surroundings): string {
  const value = option.fallback(surroundings, {});
  const words =
    option.fallbackText ?? (typeof value === "boolean" ? (value ? "yes" : "no") : value);
  return `${option.kind.many ? "repeatable, " : ""}default: ${words}`;
}
