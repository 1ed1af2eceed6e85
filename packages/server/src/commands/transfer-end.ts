import type { SendError, SendErrorCode } from "@tincan/send";
import type { Io } from "../io.ts";
import type { TransferArguments } from "./transfer-arguments.ts";
import type { TransferScreen } from "./transfer-screen.ts";

/** Runs a transfer, and tells in one line what went wrong and what helps. Answers with the exit code. */
export async function transferEnd(
  given: TransferArguments,
  io: Io,
  screen: TransferScreen,
  work: () => Promise<void>,
): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    screen.clear();
    if (io.interrupted.aborted) return EXIT_INTERRUPTED;
    const { SendError } = await import("@tincan/send");
    if (!(error instanceof SendError)) throw error;
    io.stderr.write(`tincan: ${error.message}${cureOf(error, given)}\n`);
    return 1;
  }
}

/** 128 + SIGINT, as shells count it. */
const EXIT_INTERRUPTED = 130;

function cureOf({ code, cause }: SendError, given: TransferArguments): string {
  const { server, trustAnyCertificate } = given;
  if (code === "unreachable") {
    const certificate = trustAnyCertificate
      ? ""
      : "; if its certificate is its own, add --insecure";
    return ` at ${server.origin}; start one with tincan serve, or name yours with --server${certificate}`;
  }
  // The code leads to a room with two seats, and both are taken.
  if (code === "refused" && cause instanceof Error && "code" in cause && cause.code === "full") {
    return "; somebody else uses this code: ask for a new one";
  }
  const cure = CURES[code];
  return cure === undefined ? "" : `; ${cure}`;
}

const CURES: Readonly<Partial<Record<SendErrorCode, string>>> = {
  "wrong-code": "ask for a new code and try again",
  spent: "ask for a new code",
  gone: "begin again: what has come is kept",
  "peer-failed": "look there for the reason, and begin again",
  damaged: "begin again; if it comes again, test the memory of both machines",
  protocol: "the versions of both sides may be too far apart; tincan --version tells",
};
