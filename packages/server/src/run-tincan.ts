import { main } from "./main.ts";

/** Runs the command in this process: its streams, its signals, its exit code. */
export async function runTincan(args: readonly string[]): Promise<void> {
  const interruption = new AbortController();
  const insistence = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    if (!interruption.signal.aborted) interruption.abort(signal);
    // SIGTERM lets a server wait for calls that run; whoever asks again does not want it to.
    else if (interruption.signal.reason === "SIGTERM" && !insistence.signal.aborted) {
      insistence.abort(signal);
    } else process.exit(EXIT_INTERRUPTED);
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosedPipe);

  process.exitCode = await main(args, {
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    interrupted: interruption.signal,
    insisted: insistence.signal,
    onHangup: (reload) => process.on("SIGHUP", reload),
  });
  // Whatever is still open must not hold the process; what is written gets this long to leave.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** 128 + SIGINT, as shells count it. */
const EXIT_INTERRUPTED = 130;

const LINGER_MS = 100;

/** `tincan | head` closes the pipe; the server goes on. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
