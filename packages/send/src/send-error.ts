/**
 * What ends a transfer before all is there.
 *
 * - `wrong-code`: the two codes differ, or somebody sits in between. `spent`: somebody guessed wrong before.
 * - `gone`: the other side has left, or the connection to it was lost while the code was checked.
 * - `declined`, `cancelled`: the other side did not want it, or not any more. `aborted`: we did not.
 * - `unreadable`, `unwritable`: a file here; `nothing`: there is none to send; `too-many`: more than 10,000.
 * - `no-space`: the disk has less room than the files need.
 * - `peer-failed`: the other side could not read or write its files.
 * - `damaged`: bytes are not what was sent; `protocol`: the other side does not keep to the rules.
 * - `unreachable`: no server answers. `refused`: it did not let us in, or not any more. The `cause` is a
 *   `TincanError`.
 */
export type SendErrorCode =
  | "wrong-code"
  | "spent"
  | "gone"
  | "declined"
  | "cancelled"
  | "aborted"
  | "unreadable"
  | "unwritable"
  | "nothing"
  | "too-many"
  | "no-space"
  | "peer-failed"
  | "damaged"
  | "protocol"
  | "unreachable"
  | "refused";

/** The one error of this package: a sentence for people in `message`, a `code` for programs. */
export class SendError extends Error {
  override readonly name = "SendError";
  readonly code: SendErrorCode;

  constructor(code: SendErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
