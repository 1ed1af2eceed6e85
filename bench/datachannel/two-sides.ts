import type { ChildProcess } from "node:child_process";
import type { Signal } from "./signaling.ts";

/** What a side tells its parent; all else is for the other side. */
interface Notice<Result> {
  readonly ready?: true;
  /** The first message has come. */
  readonly begun?: true;
  readonly result?: Result;
}

interface Hooks {
  readonly begun?: () => void;
  /** What is to reach the second side (or the first) of a signal from the other. */
  readonly pass?: (signal: Signal, to: "first" | "second") => readonly Signal[];
}

/**
 * Starts the first of two sides once both are there, passes their signals on, and resolves with what one of them
 * measured: undefined where one ended before.
 */
export function measureBetween<Result>(
  first: ChildProcess,
  second: ChildProcess,
  { begun, pass = (signal) => [signal] }: Hooks = {},
): Promise<Result | undefined> {
  let ready = 0;
  return new Promise((resolve) => {
    for (const [one, other, to] of [
      [first, second, "second"],
      [second, first, "first"],
    ] as const) {
      one.on("exit", () => resolve(undefined));
      one.on("message", (message: Signal & Notice<Result>) => {
        if (message.result !== undefined) resolve(message.result);
        else if (message.begun) begun?.();
        else if (!message.ready) for (const signal of pass(message, to)) other.send(signal);
        else if (++ready === 2) first.send({ start: true });
      });
    }
  });
}
