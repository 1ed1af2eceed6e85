import { type CandidateAttribute, parseCandidate } from "../../sdp/index.ts";
import { dictionary } from "./web-idl.ts";

/** W3C webrtc §4.8.1 */
export interface RTCIceCandidateInit {
  candidate?: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
  usernameFragment?: string | null;
}

/** What only this side knows of its candidates (W3C webrtc §4.8.1, RTCLocalIceCandidateInit). */
export interface RTCLocalIceCandidateInit extends RTCIceCandidateInit {
  relayProtocol?: "udp" | "tcp" | "tls" | null;
  url?: string | null;
}

/** W3C webrtc §4.8.1 */
export class RTCIceCandidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
  readonly foundation: string | null;
  readonly component: "rtp" | "rtcp" | null;
  readonly priority: number | null;
  readonly address: string | null;
  readonly protocol: "udp" | "tcp" | null;
  readonly port: number | null;
  readonly type: "host" | "srflx" | "prflx" | "relay" | null;
  readonly tcpType: "active" | "passive" | "so" | null;
  readonly relatedAddress: string | null;
  readonly relatedPort: number | null;
  readonly relayProtocol: "udp" | "tcp" | "tls" | null;
  readonly url: string | null;

  constructor(init: RTCLocalIceCandidateInit = {}) {
    if ((init.sdpMid ?? null) === null && (init.sdpMLineIndex ?? null) === null) {
      throw new TypeError("A candidate needs sdpMid or sdpMLineIndex.");
    }
    this.candidate = String(init.candidate ?? "");
    this.sdpMid = init.sdpMid ?? null;
    this.sdpMLineIndex = init.sdpMLineIndex ?? null;
    this.usernameFragment = init.usernameFragment ?? null;
    this.relayProtocol = init.relayProtocol ?? null;
    this.url = init.url ?? null;
    const parsed = parseCandidate(this.candidate);
    const known: Partial<CandidateAttribute> = parsed.ok ? parsed.value : {};
    this.foundation = known.foundation ?? null;
    this.component = known.component === undefined ? null : known.component === 1 ? "rtp" : "rtcp";
    this.priority = known.priority ?? null;
    this.address = known.address ?? null;
    this.protocol = known.transport ?? null;
    this.port = known.port ?? null;
    this.type = known.type ?? null;
    this.tcpType = known.tcpType ?? null;
    this.relatedAddress = known.relatedAddress ?? null;
    this.relatedPort = known.relatedPort ?? null;
  }

  toJSON(): RTCIceCandidateInit {
    const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = this;
    return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
  }
}

/** A candidate for `addIceCandidate`; only the end of candidates may come without a section (W3C webrtc §4.4.2). */
export function checkCandidate(init: RTCIceCandidateInit | null): Required<RTCIceCandidateInit> {
  const given = dictionary(init);
  const candidate = textOrNull(given.candidate) ?? "";
  const sdpMid = textOrNull(given.sdpMid);
  const sdpMLineIndex = (given.sdpMLineIndex ?? null) === null ? null : Number(given.sdpMLineIndex);
  if (candidate !== "" && sdpMid === null && sdpMLineIndex === null) {
    throw new TypeError("A candidate needs sdpMid or sdpMLineIndex.");
  }
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment: textOrNull(given.usernameFragment) };
}

function textOrNull(value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
