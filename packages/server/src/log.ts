import { type Logger, pino } from "pino";
import pretty from "pino-pretty";
import type { Output } from "./io.ts";
import type { LogFormat, LogLevel } from "./options/serve-options.ts";

export type { Logger } from "pino";

/** The log: lines for people, or one JSON object a line. */
export function openLog(output: Output, level: LogLevel, format: LogFormat): Logger {
  if (format === "json") return pino({ level, base: null }, output);
  const stream = pretty({
    colorize: output.isTTY === true,
    translateTime: "SYS:HH:MM:ss",
    ignore: "pid,hostname",
    singleLine: true,
    sync: true,
    destination: output as NodeJS.WritableStream,
  });
  return pino({ level, base: null }, stream);
}
