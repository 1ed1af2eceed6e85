import type { Environment } from "./options/option.ts";

/** All that a command knows of the process that it runs in. */
export interface Io {
  readonly env: Environment;
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Where people answer; absent where nobody can. */
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Aborts when somebody asks the process to end; the reason is the signal's name. */
  readonly interrupted: AbortSignal;
  /** Aborts when somebody who sent SIGTERM asks a second time. */
  readonly insisted?: AbortSignal;
  /** Calls this when the process is asked to read its settings again (SIGHUP); without it, that ends the process. */
  readonly onHangup?: (reload: () => void) => void;
}

export interface Output {
  write(data: string | Uint8Array, done?: (error?: Error | null) => void): unknown;
  readonly isTTY?: boolean;
}
