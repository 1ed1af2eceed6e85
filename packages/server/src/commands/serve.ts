import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Io } from "../io.ts";
import type { Logger } from "../log.ts";
import { SERVE_OPTIONS } from "../options/serve-options.ts";
import type { RunningServer } from "../start-server.ts";
import { VERSION } from "../version.ts";
import { banner } from "./banner.ts";
import { type Command, command } from "./command.ts";

/** `tincan serve`: everything that a call needs, until somebody ends it. */
export const serve: Command = command({
  name: "serve",
  summary: "start the call server: page, signaling and HTTPS (also without a command)",
  description:
    "Starts the call server: the page, the signaling and HTTPS in one process. It prints the " +
    "links to open and runs until Ctrl-C.",
  table: SERVE_OPTIONS,
  async run({ values, warnings }, io: Io) {
    // Loaded where they are needed: help and mistakes are answered without the whole server.
    const [{ openLog }, { startServer }] = await Promise.all([
      import("../log.ts"),
      import("../start-server.ts"),
    ]);
    const log = openLog(io.stderr, values.logLevel, values.logFormat);
    for (const warning of warnings) log.warn(warning);
    const server = await startServer(values, log);
    io.stdout.write(banner(server, VERSION, io.stdout.isTTY === true));
    if (!io.interrupted.aborted) await once(io.interrupted, "abort");
    if (io.interrupted.reason === "SIGTERM") await drain(server, values.drainTimeout, log, io);
    log.info("ending: the peers are told, their calls go on");
    await Promise.race([server.close(), wait(PATIENCE_MS, undefined, { ref: false })]);
    return 0;
  },
});

/** Waits for the calls that run, until somebody insists. */
async function drain(server: RunningServer, seconds: number, log: Logger, io: Io): Promise<void> {
  log.info({ seconds }, "draining: nobody new is let in, and running calls are waited for");
  const { insisted = new AbortController().signal } = io;
  if (insisted.aborted) return;
  await Promise.race([server.drain(1000 * seconds), once(insisted, "abort")]);
}

/** Ctrl-C ends within a second, however slow a peer is to close. */
const PATIENCE_MS = 700;
