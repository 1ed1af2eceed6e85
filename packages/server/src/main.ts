import { type Command, surroundingsOf } from "./commands/command.ts";
import { config } from "./commands/config.ts";
import { doctor } from "./commands/doctor.ts";
import { init } from "./commands/init.ts";
import { nat } from "./commands/nat.ts";
import { receive } from "./commands/receive.ts";
import { send } from "./commands/send.ts";
import { serve } from "./commands/serve.ts";
import { turn } from "./commands/turn.ts";
import type { Io } from "./io.ts";
import { didYouMean } from "./options/closest-word.ts";
import { columns } from "./options/help-text.ts";
import { isUsageError, ServerError } from "./server-error.ts";
import { VERSION } from "./version.ts";

/** The `tincan` command from arguments to exit code: 0, 2 for usage, 1 for what fails while it runs. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    const [first] = args;
    if (first === "--help" || first === "-h") {
      io.stdout.write(help(io));
      return 0;
    }
    if (first === undefined || first.startsWith("-")) return await serve.run(args, io);
    return await commandNamed(first).run(args.slice(1), io);
  } catch (error) {
    io.stderr.write(`tincan: ${sentence(error)}\n`);
    return isUsageError(error) ? 2 : 1;
  }
}

const COMMANDS: readonly Command[] = [serve, send, receive, turn, nat, doctor, config, init];

function commandNamed(name: string): Command {
  const found = COMMANDS.find((command) => command.name === name);
  if (found !== undefined) return found;
  const hint =
    didYouMean(
      name,
      COMMANDS.map((command) => command.name),
    ) || " (see tincan --help)";
  throw new ServerError("unknown-command", `unknown command ${JSON.stringify(name)}${hint}`);
}

/** What we meant to say is a line; anything else is a bug, and its stack says where. */
function sentence(error: unknown): string {
  if (error instanceof ServerError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function help(io: Io): string {
  const commands = columns(COMMANDS.map(({ name, summary }) => [name, summary]));
  return `Tincan ${VERSION}: private video calls from your own machine.

Usage: tincan [command] [options]

Commands:
${commands}

"tincan COMMAND --help" explains a command. "tincan" alone is "tincan serve":

${serve.help(surroundingsOf(io))}`;
}
