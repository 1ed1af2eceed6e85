/** What went wrong when the TURN server or client was misused, or an awaited operation failed. */
export type TurnErrorCode =
  | "malformed-range"
  | "malformed-settings"
  | "wrong-state"
  | "no-channel-left"
  | "bind-failed";

/** The one error class of the TURN library; network input never throws it. */
export class TurnError extends Error {
  override readonly name = "TurnError";
  readonly code: TurnErrorCode;

  constructor(code: TurnErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
