import { pino } from "pino";
import type { Io } from "../io.ts";
import { type Logger, openLog } from "../log.ts";
import { ServerError, systemCode } from "../server-error.ts";
import type { ReadTurnOptions } from "./read-turn-options.ts";

/** The log of `tincan turn`, and how to open its file again after somebody has moved it. */
export interface TurnLog {
  readonly log: Logger;
  readonly reopen: () => void;
}

/** Opens the log where `log-file` says: for people on a terminal, else one JSON object a line. */
export function openTurnLog(options: ReadTurnOptions, io: Io, isTerminal: boolean): TurnLog {
  const { verbose, logFile } = options.values;
  const level = verbose ? "debug" : "info";
  if (logFile === "stdout" || logFile === "-") {
    const format = io.stdout.isTTY === true ? "pretty" : "json";
    return { log: openLog(io.stdout, level, format), reopen: nothing };
  }
  if (logFile === undefined) {
    return { log: openLog(io.stderr, level, isTerminal ? "pretty" : "json"), reopen: nothing };
  }
  try {
    const file = pino.destination({ dest: logFile, append: true, sync: true, mode: 0o640 });
    return { log: pino({ level, base: null }, file), reopen: () => file.reopen() };
  } catch (cause) {
    throw new ServerError(
      "unreadable-file",
      `${options.placeOf("logFile")}: cannot write ${logFile} (${systemCode(cause)}); give a file that this user may write, or leave it out for standard error`,
      { cause },
    );
  }
}

function nothing(): void {}
