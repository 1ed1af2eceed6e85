import type { DescriptionType } from "../../peer/index.ts";
import { defineInterface, dictionary, enumeration } from "./web-idl.ts";

/** RTCSdpType (W3C webrtc §4.6.1). */
export type RTCSdpType = DescriptionType;

const types: readonly RTCSdpType[] = ["offer", "pranswer", "answer", "rollback"];

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
  readonly #type: RTCSdpType;
  readonly #sdp: string;

  constructor(init: RTCSessionDescriptionInit) {
    const { type, sdp } = checkDescription(init);
    this.#type = type;
    this.#sdp = sdp;
  }

  get type(): RTCSdpType {
    return this.#type;
  }

  get sdp(): string {
    return this.#sdp;
  }

  toJSON(): { type: RTCSdpType; sdp: string } {
    return { type: this.#type, sdp: this.#sdp };
  }
}

defineInterface(RTCSessionDescription);

/** A description as it is at this moment, whatever becomes of the object that it came in. */
export function checkDescription(
  init: RTCSessionDescriptionInit | null | undefined,
): Required<RTCSessionDescriptionInit> {
  const { type, sdp } = checkLocalDescription(init);
  if (type === undefined) throw new TypeError("A session description has a type.");
  return { type, sdp };
}

/** The same, where the type may be left to the state of the connection. */
export function checkLocalDescription(init: RTCLocalSessionDescriptionInit | null | undefined): {
  readonly type: RTCSdpType | undefined;
  readonly sdp: string;
} {
  const { type, sdp } = dictionary(init);
  return {
    type: type === undefined ? undefined : enumeration(type, types),
    sdp: sdp === undefined ? "" : String(sdp),
  };
}
