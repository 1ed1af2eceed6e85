/** What a caller can do wrong with DTLS, or what can fail while it waits. */
export type DtlsErrorCode =
  | "already-started"
  | "not-connected"
  | "reserved-label"
  | "too-long"
  | "invalid-argument"
  | "invalid-certificate";

/** The one error that this folder throws; never for bytes from the network. */
export class DtlsError extends Error {
  readonly code: DtlsErrorCode;

  constructor(code: DtlsErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "DtlsError";
    this.code = code;
  }
}
