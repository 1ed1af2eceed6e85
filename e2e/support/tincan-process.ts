import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { vi } from "vitest";

export interface TincanProcessOptions {
  readonly cwd: string;
  /** For its standard input, which ends behind it. */
  readonly input?: string | Uint8Array;
}

/** A `tincan` command as a person or a script would start it, without a terminal. */
export class TincanProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly #stdout: Buffer[] = [];
  #stderr = "";

  constructor(args: readonly string[], { cwd, input = "" }: TincanProcessOptions) {
    this.child = spawn(process.execPath, [COMMAND, ...args], { cwd });
    this.child.stdin?.end(input);
    this.child.stdout?.on("data", (chunk: Buffer) => this.#stdout.push(chunk));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve) => this.child.once("close", resolve));
  }

  get stdout(): Buffer {
    return Buffer.concat(this.#stdout);
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The code that it prints for the other side. */
  async code(): Promise<string> {
    return await vi.waitUntil(
      () => /^Code: {2}(\S+)/m.exec(this.stdout.toString() || this.#stderr)?.[1],
      { timeout: 20_000, interval: 20 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}

const COMMAND = join(import.meta.dirname, "../../packages/server/bin/tincan.js");
