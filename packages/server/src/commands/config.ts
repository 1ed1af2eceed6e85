import type { Io } from "../io.ts";
import { type Option, optionKey, type Source } from "../options/option.ts";
import type { ResolvedOptions } from "../options/resolve-options.ts";
import { SERVE_OPTIONS, type ServeOptions } from "../options/serve-options.ts";
import { type Command, command } from "./command.ts";

/** `tincan config`: what `tincan serve` would start with, and where each value comes from. */
export const config: Command = withJson((isJson) =>
  command({
    name: "config",
    summary: "show the settings that hold, and where each comes from",
    description:
      "Prints the settings with which tincan serve would start if it were given the same options, in the " +
      "same environment, and where each comes from. Secrets are not shown. With --json for programs.",
    table: SERVE_OPTIONS,
    async run(resolved, io: Io) {
      for (const warning of resolved.warnings) io.stderr.write(`tincan: ${warning}\n`);
      const rows = settings(resolved);
      io.stdout.write(isJson ? `${JSON.stringify(asJson(rows), null, 2)}\n` : asText(rows));
      return 0;
    },
  }),
);

/** `--json` is a switch of the command alone: the server has no such option, and a file no such key. */
function withJson(make: (isJson: boolean) => Command): Command {
  const plain = make(false);
  return {
    ...plain,
    run: (args, io) => {
      const rest = args.filter((arg) => arg !== "--json");
      return make(rest.length < args.length).run(rest, io);
    },
  };
}

interface Setting {
  readonly key: string;
  readonly value: unknown;
  readonly source: Source;
}

function settings({ values, sources }: ResolvedOptions<ServeOptions>): readonly Setting[] {
  return Object.entries<Option<unknown>>(SERVE_OPTIONS).map(([name, { secret }]) => {
    const value = values[name as keyof ServeOptions];
    const isSet = value !== undefined && !(Array.isArray(value) && value.length === 0);
    return {
      key: optionKey(name),
      value: secret && isSet ? HIDDEN : value,
      source: sources[name as keyof ServeOptions],
    };
  });
}

const HIDDEN = "(hidden)";

function asText(rows: readonly Setting[]): string {
  const shown = rows.map(({ key, value, source }) => [key, text(value), origin(source)] as const);
  const [first, second] = [0, 1].map((column) =>
    Math.max(...shown.map((row) => (row[column] as string).length)),
  ) as [number, number];
  return shown
    .map(
      ([key, value, from]) =>
        `${key.padEnd(first)}  ${value.padEnd(Math.min(second, 44))}  ${from}\n`,
    )
    .join("");
}

function text(value: unknown): string {
  if (value === undefined) return "-";
  if (Array.isArray(value)) return value.length === 0 ? "-" : value.map(text).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function origin(source: Source): string {
  if (source.from === "default") return "default";
  return source.from === "file" ? source.file : source.name;
}

function asJson(rows: readonly Setting[]): object {
  return Object.fromEntries(
    rows.map(({ key, value, source }) => [key, { value: value ?? null, source }]),
  );
}
