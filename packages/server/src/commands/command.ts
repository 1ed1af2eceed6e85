import { wrap } from "@tincan/doctor";
import type { Io } from "../io.ts";
import { optionsHelp } from "../options/help-text.ts";
import type { OptionTable, Surroundings } from "../options/option.ts";
import { readArguments } from "../options/read-arguments.ts";
import { type ResolvedOptions, resolveOptions } from "../options/resolve-options.ts";
import { VERSION } from "../version.ts";

/** A word after `tincan`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly help: (surroundings: Surroundings) => string;
  /** Answers with the exit code. */
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
}

export interface CommandDefinition<Values> {
  readonly name: string;
  readonly summary: string;
  /** What the help says before the options. */
  readonly description: string;
  readonly table: OptionTable<Values>;
  readonly run: (options: ResolvedOptions<Values>, io: Io) => Promise<number>;
}

/** Makes a command of a table of options and of what to do with their values. */
export function command<Values>(definition: CommandDefinition<Values>): Command {
  const { name, summary, table } = definition;
  const help = (surroundings: Surroundings): string => helpText(definition, surroundings);
  return {
    name,
    summary,
    help,
    async run(args, io) {
      const given = readArguments(args, table, `tincan ${name}`);
      const surroundings = surroundingsOf(io);
      if (given.help) io.stdout.write(help(surroundings));
      else if (given.version) io.stdout.write(`tincan ${VERSION}\n`);
      else return definition.run(await resolveOptions(table, given, surroundings), io);
      return 0;
    },
  };
}

/** What the defaults of options may depend on, in a process. */
export function surroundingsOf({ env, cwd, stderr }: Io): Surroundings {
  return { env, cwd, isTerminal: stderr.isTTY === true };
}

function helpText<Values>(
  { name, description, table }: CommandDefinition<Values>,
  surroundings: Surroundings,
): string {
  return `Usage: tincan ${name} [options]

${wrap(description, 80).join("\n")}

Options:
${optionsHelp(table, surroundings)}

${wrap(PLACES_OF_OPTIONS, 80).join("\n")}
`;
}

const PLACES_OF_OPTIONS =
  "Every option can also stand in the environment (--http-port as TINCAN_HTTP_PORT, a config file " +
  "as TINCAN_CONFIG) or in a config file (http-port = 8080). The command line wins over the " +
  "environment, and the environment over the file.";
