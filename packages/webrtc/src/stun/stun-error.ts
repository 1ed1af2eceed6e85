/** Why something that was asked of a STUN server did not come about. */
export type StunErrorReason =
  | "unresolved"
  | "unreachable"
  | "timeout"
  | "unauthorized"
  | "refused"
  | "bad-response"
  | "too-many-redirects"
  | "aborted";

/** An awaited STUN operation failed. */
export class StunError extends Error {
  override readonly name = "StunError";
  readonly code: StunErrorReason;

  constructor(code: StunErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
