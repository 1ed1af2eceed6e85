import type { RefusalCode } from "@tincan/signaling";

/**
 * What can go wrong, as programs see it.
 *
 * - `full`: every seat of the room is taken.
 * - a `RefusalCode`: the server did not do what was asked (PROTOCOL.md, "Codes").
 * - `unreachable`: no connection to the server, or no answer from it in time.
 * - `aborted`: the `signal` of `join` aborted first.
 * - `ended`: the call has ended, or this publication has.
 * - `protocol`: the server or a peer sent what its protocol does not allow.
 * - `negotiation`: a browser refused a session description or a candidate.
 * - `overflow`: too much waits to be sent while the connection is broken.
 * - `unsupported`: this browser has no WebRTC, or no WebCrypto on this page.
 */
export type ErrorCode =
  | "full"
  | RefusalCode
  | "unreachable"
  | "aborted"
  | "ended"
  | "protocol"
  | "negotiation"
  | "overflow"
  | "unsupported";

export interface TincanErrorOptions {
  readonly cause?: unknown;
  /** After how many milliseconds it may be tried again, where the server said so. */
  readonly retryAfterMs?: number | undefined;
}

/** The one error that this package throws. `message` is a sentence; programs look at `code`. */
export class TincanError extends Error {
  override readonly name = "TincanError";
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: TincanErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}
