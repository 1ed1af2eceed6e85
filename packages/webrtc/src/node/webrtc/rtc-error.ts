import { PeerError } from "../../peer/index.ts";
import { SctpError } from "../../sctp/index.ts";
import type { EventInit } from "./event-target.ts";
import { defineInterface, dictionary, enumeration, instance, integer } from "./web-idl.ts";

/** RTCErrorDetailType (W3C webrtc §11.2). */
export type RTCErrorDetailType = (typeof detailTypes)[number];

const detailTypes = [
  "data-channel-failure",
  "dtls-failure",
  "fingerprint-failure",
  "sctp-failure",
  "sdp-syntax-error",
  "hardware-encoder-not-available",
  "hardware-encoder-error",
] as const;

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
  readonly #errorDetail: RTCErrorDetailType;
  readonly #sdpLineNumber: number | null;
  readonly #sctpCauseCode: number | null;
  readonly #receivedAlert: number | null;
  readonly #sentAlert: number | null;

  constructor(init: RTCErrorInit, message = "") {
    super(String(message), "OperationError");
    const given = dictionary(init);
    this.#errorDetail = enumeration(given.errorDetail, detailTypes);
    this.#sdpLineNumber = known(given.sdpLineNumber, "Int32");
    this.#sctpCauseCode = known(given.sctpCauseCode, "Int32");
    this.#receivedAlert = known(given.receivedAlert, "Uint32");
    this.#sentAlert = known(given.sentAlert, "Uint32");
  }

  get errorDetail(): RTCErrorDetailType {
    return this.#errorDetail;
  }

  get sdpLineNumber(): number | null {
    return this.#sdpLineNumber;
  }

  get sctpCauseCode(): number | null {
    return this.#sctpCauseCode;
  }

  get receivedAlert(): number | null {
    return this.#receivedAlert;
  }

  get sentAlert(): number | null {
    return this.#sentAlert;
  }
}

function known(value: number | undefined, type: "Int32" | "Uint32"): number | null {
  return value === undefined ? null : integer(value, type);
}

/** W3C webrtc §11.3 */
export interface RTCErrorEventInit extends EventInit {
  readonly error: RTCError;
}

/** W3C webrtc §11.3 */
export class RTCErrorEvent extends Event {
  readonly #error: RTCError;

  constructor(type: string, init: RTCErrorEventInit) {
    const given = dictionary(init);
    super(type, given);
    this.#error = instance(given.error, RTCError);
  }

  get error(): RTCError {
    return this.#error;
  }
}

defineInterface(RTCError);
defineInterface(RTCErrorEvent);

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
