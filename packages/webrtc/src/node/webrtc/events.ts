import type { CandidateError, LocalCandidate } from "../../ice/index.ts";
import type { RTCIceCandidate } from "./rtc-ice-candidate.ts";

/** W3C webrtc §4.8.2 */
export class RTCPeerConnectionIceEvent extends Event {
  readonly candidate: RTCIceCandidate | null;
  readonly url: string | null;

  constructor(
    type: string,
    init: { readonly candidate?: RTCIceCandidate | null; readonly url?: string | null } = {},
  ) {
    super(type);
    this.candidate = init.candidate ?? null;
    this.url = init.url ?? null;
  }
}

/** W3C webrtc §4.8.3 */
export class RTCPeerConnectionIceErrorEvent extends Event {
  readonly address: string | null;
  readonly port: number | null;
  readonly url: string;
  readonly errorCode: number;
  readonly errorText: string;

  constructor(
    type: string,
    init: {
      readonly address?: string | null;
      readonly port?: number | null;
      readonly url?: string;
      readonly errorCode: number;
      readonly errorText?: string;
    },
  ) {
    super(type);
    this.address = init.address ?? null;
    this.port = init.port ?? null;
    this.url = init.url ?? "";
    this.errorCode = init.errorCode;
    this.errorText = init.errorText ?? "";
  }
}

/** Tells of a server that gave no candidate; of an address only where a candidate tells it as well. */
export function iceErrorEvent(
  { url, code, text, address }: CandidateError,
  candidates: readonly LocalCandidate[],
): RTCPeerConnectionIceErrorEvent {
  const isTold = candidates.some(
    ({ type, address: { ip } }) => type === "host" && ip === address?.ip,
  );
  const where = isTold && address ? { address: address.ip, port: address.port } : {};
  const init = { url, errorCode: code, errorText: text, ...where };
  return new RTCPeerConnectionIceErrorEvent("icecandidateerror", init);
}

/**
 * The MessageEvent of a data channel (HTML §9.1), of a class of its own: for Node's, the first message would wait some
 * fifty milliseconds until all of `fetch` is loaded, and each one takes ten times as long to make.
 */
export class ChannelMessageEvent extends Event implements Omit<MessageEvent, "initMessageEvent"> {
  readonly data: string | ArrayBufferLike | Blob;
  readonly origin: string = "";
  readonly lastEventId: string = "";
  readonly source: null = null;
  readonly ports: MessageEvent["ports"] = noPorts;

  constructor(type: string, init: { readonly data: string | ArrayBufferLike | Blob }) {
    super(type);
    this.data = init.data;
  }

  get [Symbol.toStringTag](): string {
    return "MessageEvent";
  }
}

const noPorts = Object.freeze([]) as unknown as MessageEvent["ports"];
