import type { CandidateError, LocalCandidate } from "../../ice/index.ts";
import type { EventInit } from "./event-target.ts";
import { RTCDataChannel } from "./rtc-data-channel.ts";
import { RTCIceCandidate } from "./rtc-ice-candidate.ts";
import { defineInterface, dictionary, instance, integer, nullable } from "./web-idl.ts";

/** W3C webrtc §4.8.2 */
export interface RTCPeerConnectionIceEventInit extends EventInit {
  readonly candidate?: RTCIceCandidate | null;
  readonly url?: string | null;
}

/** W3C webrtc §4.8.2 */
export class RTCPeerConnectionIceEvent extends Event {
  readonly #candidate: RTCIceCandidate | null;
  readonly #url: string | null;

  constructor(type: string, init: RTCPeerConnectionIceEventInit = {}) {
    if (type === undefined) throw new TypeError("An event has a type.");
    const given = dictionary(init);
    super(type, given);
    this.#candidate = nullable(given.candidate, (one) => instance(one, RTCIceCandidate));
    this.#url = nullable(given.url, String);
  }

  get candidate(): RTCIceCandidate | null {
    return this.#candidate;
  }

  get url(): string | null {
    return this.#url;
  }
}

/** W3C webrtc §4.8.3 */
export interface RTCPeerConnectionIceErrorEventInit extends EventInit {
  readonly address?: string | null;
  readonly port?: number | null;
  readonly url?: string;
  readonly errorCode: number;
  readonly errorText?: string;
}

/** W3C webrtc §4.8.3 */
export class RTCPeerConnectionIceErrorEvent extends Event {
  readonly #address: string | null;
  readonly #port: number | null;
  readonly #url: string;
  readonly #errorCode: number;
  readonly #errorText: string;

  constructor(type: string, init: RTCPeerConnectionIceErrorEventInit) {
    const given = dictionary(init);
    super(type, given);
    const { address, port, url = "", errorCode, errorText = "" } = given;
    if (errorCode === undefined) throw new TypeError("The event has an errorCode.");
    this.#address = nullable(address, String);
    this.#port = nullable(port, (one) => integer(one, "Uint16"));
    this.#url = String(url);
    this.#errorCode = integer(errorCode, "Uint16");
    this.#errorText = String(errorText);
  }

  get address(): string | null {
    return this.#address;
  }

  get port(): number | null {
    return this.#port;
  }

  get url(): string {
    return this.#url;
  }

  get errorCode(): number {
    return this.#errorCode;
  }

  get errorText(): string {
    return this.#errorText;
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

/** W3C webrtc §6.4 */
export interface RTCDataChannelEventInit extends EventInit {
  readonly channel: RTCDataChannel;
}

/** W3C webrtc §6.4 */
export class RTCDataChannelEvent extends Event {
  readonly #channel: RTCDataChannel;

  constructor(type: string, init: RTCDataChannelEventInit) {
    const given = dictionary(init);
    super(type, given);
    this.#channel = instance(given.channel, RTCDataChannel);
  }

  get channel(): RTCDataChannel {
    return this.#channel;
  }
}

for (const one of [
  RTCPeerConnectionIceEvent,
  RTCPeerConnectionIceErrorEvent,
  RTCDataChannelEvent,
]) {
  defineInterface(one);
}
