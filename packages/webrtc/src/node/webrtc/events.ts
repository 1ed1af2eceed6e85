import type { RTCDataChannel } from "./rtc-data-channel.ts";
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

/** W3C webrtc §6.4 */
export class RTCDataChannelEvent extends Event {
  readonly channel: RTCDataChannel;

  constructor(type: string, init: { readonly channel: RTCDataChannel }) {
    super(type);
    this.channel = init.channel;
  }
}
