import { PeerError } from "../../peer/index.ts";
import { SctpError } from "../../sctp/index.ts";

/** RTCErrorDetailType (W3C webrtc §11.2), as far as this side reports it. */
export type RTCErrorDetailType =
  | "data-channel-failure"
  | "dtls-failure"
  | "fingerprint-failure"
  | "sctp-failure"
  | "sdp-syntax-error";

/** W3C webrtc §11.1.1 */
export interface RTCErrorInit {
  readonly errorDetail: RTCErrorDetailType;
  readonly sdpLineNumber?: number;
  readonly sctpCauseCode?: number;
  readonly receivedAlert?: number;
  readonly sentAlert?: number;
}

/** An error of WebRTC with what is known of its origin (W3C webrtc §11.1). */
export class RTCError extends DOMException {
  readonly errorDetail: RTCErrorDetailType;
  readonly sdpLineNumber: number | null;
  readonly sctpCauseCode: number | null;
  readonly receivedAlert: number | null;
  readonly sentAlert: number | null;

  constructor(init: RTCErrorInit, message = "") {
    super(message, "OperationError");
    this.errorDetail = init.errorDetail;
    this.sdpLineNumber = init.sdpLineNumber ?? null;
    this.sctpCauseCode = init.sctpCauseCode ?? null;
    this.receivedAlert = init.receivedAlert ?? null;
    this.sentAlert = init.sentAlert ?? null;
  }
}

/** W3C webrtc §11.3 */
export class RTCErrorEvent extends Event {
  readonly error: RTCError;

  constructor(type: string, init: { readonly error: RTCError }) {
    super(type);
    this.error = init.error;
  }
}

/** The exception that the standard names for an error of the layers below. */
export function domException(error: unknown): unknown {
  if (error instanceof PeerError) return ofPeer(error);
  if (!(error instanceof SctpError)) return error;
  const { code, message } = error;
  switch (code) {
    case "invalid-channel-options":
    case "message-too-large":
      return new TypeError(message, { cause: error });
    case "channel-not-open":
      return new DOMException(message, { name: "InvalidStateError", cause: error });
    default:
      return new DOMException(message, { name: "OperationError", cause: error });
  }
}

function ofPeer(error: PeerError): DOMException {
  if (error.code === "sdp-syntax") {
    const line = error.line === undefined ? {} : { sdpLineNumber: error.line };
    return new RTCError({ errorDetail: "sdp-syntax-error", ...line }, error.message);
  }
  return new DOMException(error.message, { name: names[error.code], cause: error });
}

const names: Readonly<Record<Exclude<PeerError["code"], "sdp-syntax">, string>> = {
  "invalid-state": "InvalidStateError",
  "invalid-description": "InvalidAccessError",
  "invalid-modification": "InvalidModificationError",
  "invalid-candidate": "OperationError",
};
