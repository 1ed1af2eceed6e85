import type { Environment } from "./options/option.ts";

/** All that a command knows of the process that it runs in. */
export interface Io {
  readonly env: Environment;
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborts when somebody asks the process to end. */
  readonly interrupted: AbortSignal;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}
