import type { DescriptionType } from "../../peer/index.ts";

/** RTCSdpType (W3C webrtc §4.6.1). */
export type RTCSdpType = DescriptionType;

/** W3C webrtc §4.6.2 */
export interface RTCSessionDescriptionInit {
  type: RTCSdpType;
  sdp?: string;
}

/** W3C webrtc §4.4.2: what is missing is made. */
export interface RTCLocalSessionDescriptionInit {
  type?: RTCSdpType;
  sdp?: string;
}

/** W3C webrtc §4.6.2 */
export class RTCSessionDescription {
  readonly type: RTCSdpType;
  readonly sdp: string;

  constructor(init: RTCSessionDescriptionInit) {
    this.type = sdpType(init?.type);
    this.sdp = String(init.sdp ?? "");
  }

  toJSON(): { type: RTCSdpType; sdp: string } {
    return { type: this.type, sdp: this.sdp };
  }
}

/** The type as the enumeration has it, else a TypeError as Web IDL wants it. */
export function sdpType(value: unknown): RTCSdpType {
  if (value === "offer" || value === "answer" || value === "pranswer" || value === "rollback") {
    return value;
  }
  throw new TypeError(`${String(value)} is no type of session description.`);
}
