/** What a caller of a peer connection can do wrong; each stands for one `DOMException` of the standard. */
export type PeerErrorCode =
  /** Not in this state (`InvalidStateError`). */
  | "invalid-state"
  /** The text is no session description (`RTCError` with `sdp-syntax-error`). */
  | "sdp-syntax"
  /** A description that cannot be applied (`InvalidAccessError`). */
  | "invalid-description"
  /** A local description that is not the one that was made (`InvalidModificationError`). */
  | "invalid-modification"
  /** A candidate that cannot be taken (`OperationError`). */
  | "invalid-candidate";

/** The one error class of this folder: misuse, and descriptions that do not fit. */
export class PeerError extends Error {
  readonly code: PeerErrorCode;
  /** The line of the description that is at fault, counted from 1. */
  readonly line: number | undefined;

  constructor(code: PeerErrorCode, message: string, line?: number) {
    super(message);
    this.name = "PeerError";
    this.code = code;
    this.line = line;
  }
}
