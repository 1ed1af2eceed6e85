/** What a caller did wrong, or why what it waits for will not come. */
export type SctpErrorCode =
  | "not-connected"
  | "empty-message"
  | "message-too-large"
  | "send-buffer-full"
  | "stream-out-of-range"
  | "stream-resetting"
  | "channel-not-open"
  | "invalid-channel-options"
  | "channel-id-in-use"
  | "no-channel-id-left";

/** The one error class of this folder: misuse. What comes from the network never throws. */
export class SctpError extends Error {
  readonly code: SctpErrorCode;

  constructor(code: SctpErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SctpError";
    this.code = code;
  }
}
