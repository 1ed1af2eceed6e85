import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A running `tincan`, started as a person would start it. */
export interface RunningTincan extends AsyncDisposable {
  /** The http link of this machine, without a slash at the end: `http://localhost:40123`. */
  readonly url: string;
  /** The first https link: that of this machine; its certificate is self-signed unless one was given. */
  readonly secureUrl: string;
  readonly pid: number;
  readonly dataDir: string;
  /** How long the start took: a measure of how busy the machine is. */
  readonly startMs: number;
  /** All that it has written so far, stdout and stderr as they came. */
  readonly output: string;
  /** Sends a signal (SIGTERM unless told) and answers with how it ended. */
  stop(signal?: NodeJS.Signals): Promise<Ending>;
  /** How it ended, once it has. */
  readonly ended: Promise<Ending>;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Starts the real command on free ports with a data folder of its own, and waits until it listens.
 * `args` come last, so that `--port`, `--data-dir` and the like can be given to start one again.
 */
export async function startTincan(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningTincan> {
  const begin = performance.now();
  const given = optionValue(args, "--data-dir");
  const dataDir = given ?? mkdtempSync(join(tmpdir(), "tincan-"));
  const child = spawn(
    process.execPath,
    [COMMAND, "serve", ...FREE_PORTS, "--data-dir", dataDir, ...args],
    { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const transcript = new Transcript(child);
  const ended = new Promise<Ending>((resolve) => {
    child.once("close", (code, signal) => {
      if (given === undefined) rmSync(dataDir, { recursive: true, force: true });
      resolve({ code, signal });
    });
  });
  try {
    await transcript.until(READY, ended);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  const stop = (signal: NodeJS.Signals = "SIGTERM"): Promise<Ending> => {
    child.kill(signal);
    return ended;
  };
  return {
    url: transcript.link(/http:\/\/localhost(:\d+)?/),
    secureUrl: transcript.link(/https:\/\/[^/\s]+/),
    pid: child.pid as number,
    dataDir,
    startMs: performance.now() - begin,
    get output() {
      return transcript.text;
    },
    stop,
    ended,
    async [Symbol.asyncDispose]() {
      await stop("SIGKILL");
    },
  };
}

const COMMAND = join(import.meta.dirname, "../../packages/server/bin/tincan.js");

/** Servers of several tests run side by side. */
const FREE_PORTS = ["--port", "0", "--http-port", "0", "--turn-port", "0"];

/** The last line of the banner. */
const READY = "Ctrl-C";

const START_LIMIT_MS = 40_000;

class Transcript {
  text = "";
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        this.text += chunk;
      });
    }
  }

  until(words: string, ended: Promise<Ending>): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => {
        clearTimeout(limit);
        this.#child.stdout?.off("data", look);
        if (error === undefined) resolve();
        else reject(error);
      };
      const look = (): void => {
        if (this.text.includes(words)) settle();
      };
      const limit = setTimeout(() => {
        settle(new Error(`tincan did not start within ${START_LIMIT_MS} ms:\n${this.text}`));
      }, START_LIMIT_MS);
      this.#child.stdout?.on("data", look);
      ended.then(({ code }) => settle(new Error(`tincan ended with ${code}:\n${this.text}`)));
    });
  }

  link(pattern: RegExp): string {
    const link = pattern.exec(this.text)?.[0];
    if (link === undefined)
      throw new Error(`tincan printed no link like ${pattern}:\n${this.text}`);
    return link;
  }
}

function optionValue(args: readonly string[], name: string): string | undefined {
  const index = args.lastIndexOf(name);
  return index < 0 ? undefined : args[index + 1];
}
