import { once } from "node:events";
import { wrap } from "@tincan/doctor";
import type { Io } from "../io.ts";
import type { Logger } from "../log.ts";
import type { Surroundings } from "../options/option.ts";
import { readTurnOptions } from "../turn/read-turn-options.ts";
import type { RunningTurn } from "../turn/running-turn.ts";
import { readTurnArguments } from "../turn/turn-arguments.ts";
import { turnOptionsHelp } from "../turn/turn-help.ts";
import { VERSION } from "../version.ts";
import { type Command, surroundingsOf } from "./command.ts";

/** `tincan turn`: the STUN and TURN server alone, from a `turnserver.conf` of coturn. */
export const turn: Command = {
  name: "turn",
  summary: "start the STUN and TURN server alone, with a turnserver.conf",
  help,
  async run(args, io) {
    const given = readTurnArguments(args);
    const surroundings = surroundingsOf(io);
    if (given.help) io.stdout.write(help(surroundings));
    else if (given.version) io.stdout.write(`tincan ${VERSION}\n`);
    else await serveTurn(args, io, surroundings);
    return 0;
  },
};

async function serveTurn(
  args: readonly string[],
  io: Io,
  surroundings: Surroundings,
): Promise<void> {
  const read = () => readTurnOptions(readTurnArguments(args), surroundings);
  const options = await read();
  // Loaded where they are needed: help and mistakes are answered without the whole server.
  const [{ openTurnLog }, { RunningTurn }, { turnBanner }] = await Promise.all([
    import("../turn/open-turn-log.ts"),
    import("../turn/running-turn.ts"),
    import("../turn/turn-banner.ts"),
  ]);
  const { log, reopen } = openTurnLog(options, io, surroundings.isTerminal);
  const running = await RunningTurn.start(options, log);
  io.stdout.write(turnBanner(running, options.values, VERSION));

  let reloading: Promise<void> = Promise.resolve();
  io.onHangup?.(() => {
    reopen();
    // One after the other, so that the last file counts.
    reloading = reloading
      .then(async () => running.reload(await read()))
      .then(() => log.info("reloaded: allocations go on"))
      .catch((error) => log.error(`not reloaded, everything stays as it was: ${textOf(error)}`));
  });
  if (!io.interrupted.aborted) await once(io.interrupted, "abort");
  if (io.interrupted.reason === "SIGTERM") {
    await drain(running, options.values.drainTimeout, log, io);
  }
  await running.close();
}

/** Waits for the allocations that run, until somebody insists. */
async function drain(running: RunningTurn, seconds: number, log: Logger, io: Io): Promise<void> {
  const { allocations } = running.server.stats();
  log.info({ allocations, seconds }, "draining: nobody new is let in, and allocations may end");
  const { insisted = new AbortController().signal } = io;
  if (!insisted.aborted) await Promise.race([running.drain(), once(insisted, "abort")]);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function help(surroundings: Surroundings): string {
  return `Usage: tincan turn [-c turnserver.conf] [options]

${wrap(DESCRIPTION, 80).join("\n")}

Options:
${turnOptionsHelp(surroundings)}

${wrap(PLACES, 80).join("\n")}
`;
}

const DESCRIPTION =
  "Starts the STUN and TURN server alone, without page and signaling. It reads a turnserver.conf of " +
  "coturn as it is, takes coturn's names as flags, and says what it does otherwise. SIGHUP reads the " +
  "file again without ending a call; SIGTERM waits for calls to end, Ctrl-C does not.";

const PLACES =
  "In the file the options stand without dashes, one on a line: listening-port=3478. What is given on " +
  "the command line counts instead of what the file says.";
