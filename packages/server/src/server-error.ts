/** What can keep the server from starting, or end it. */
export type ServerErrorCode =
  | "unknown-command"
  | "unknown-option"
  | "missing-value"
  | "bad-value"
  | "bad-config"
  | "unreadable-file"
  | "bad-certificate"
  | "data-folder"
  | "cannot-listen"
  | "page-missing";

/** The error of this package: one line for people in `message`, and a `code` for programs. */
export class ServerError extends Error {
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ServerError";
    this.code = code;
  }
}

/** Whether another command line or another setting would cure it (exit code 2, else 1). */
export function isUsageError(error: unknown): boolean {
  return error instanceof ServerError && error.code !== "page-missing";
}

/** The system's code of an error (`ENOENT`, `EADDRINUSE`), where it has one. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}
