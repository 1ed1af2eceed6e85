import { type CandidateAttribute, parseCandidate } from "../../sdp/index.ts";
import { defineInterface, dictionary, enumeration, integer, nullable } from "./web-idl.ts";

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
  readonly #init: Required<RTCIceCandidateInit>;
  readonly #relayProtocol: "udp" | "tcp" | "tls" | null;
  readonly #url: string | null;
  #parsed: Partial<CandidateAttribute> | undefined;

  constructor(init: RTCLocalIceCandidateInit = {}) {
    const given = dictionary(init);
    const { candidate = "" } = given;
    this.#init = { candidate: String(candidate), ...placeOf(given) };
    this.#relayProtocol = nullable(given.relayProtocol, (one) =>
      enumeration(one, ["udp", "tcp", "tls"]),
    );
    this.#url = nullable(given.url, String);
    if (this.sdpMid === null && this.sdpMLineIndex === null) {
      throw new TypeError("A candidate needs sdpMid or sdpMLineIndex.");
    }
  }

  get candidate(): string {
    return this.#init.candidate;
  }

  get sdpMid(): string | null {
    return this.#init.sdpMid;
  }

  get sdpMLineIndex(): number | null {
    return this.#init.sdpMLineIndex;
  }

  get foundation(): string | null {
    return this.#known.foundation ?? null;
  }

  get component(): "rtp" | "rtcp" | null {
    const { component } = this.#known;
    return component === undefined ? null : component === 1 ? "rtp" : "rtcp";
  }

  get priority(): number | null {
    return this.#known.priority ?? null;
  }

  get address(): string | null {
    return this.#known.address ?? null;
  }

  get protocol(): "udp" | "tcp" | null {
    return this.#known.transport ?? null;
  }

  get port(): number | null {
    return this.#known.port ?? null;
  }

  get type(): "host" | "srflx" | "prflx" | "relay" | null {
    return this.#known.type ?? null;
  }

  get tcpType(): "active" | "passive" | "so" | null {
    return this.#known.tcpType ?? null;
  }

  get relatedAddress(): string | null {
    return this.#known.relatedAddress ?? null;
  }

  get relatedPort(): number | null {
    return this.#known.relatedPort ?? null;
  }

  get usernameFragment(): string | null {
    return this.#init.usernameFragment;
  }

  get relayProtocol(): "udp" | "tcp" | "tls" | null {
    return this.#relayProtocol;
  }

  get url(): string | null {
    return this.#url;
  }

  toJSON(): RTCIceCandidateInit {
    return { ...this.#init };
  }

  /** Read when it is asked for: most candidates only pass through. */
  get #known(): Partial<CandidateAttribute> {
    if (this.#parsed === undefined) {
      const parsed = parseCandidate(this.#init.candidate);
      this.#parsed = parsed.ok ? parsed.value : {};
    }
    return this.#parsed;
  }
}

defineInterface(RTCIceCandidate);

/** A candidate for `addIceCandidate`; only the end of candidates may come without a section (W3C webrtc §4.4.2). */
export function checkCandidate(init: RTCIceCandidateInit | null): Required<RTCIceCandidateInit> {
  const given = dictionary(init);
  const candidate = nullable(given.candidate, String) ?? "";
  const place = placeOf(given);
  if (candidate !== "" && place.sdpMid === null && place.sdpMLineIndex === null) {
    throw new TypeError("A candidate needs sdpMid or sdpMLineIndex.");
  }
  return { candidate, ...place };
}

function placeOf(
  given: Partial<RTCIceCandidateInit>,
): Required<Omit<RTCIceCandidateInit, "candidate">> {
  return {
    sdpMid: nullable(given.sdpMid, String),
    sdpMLineIndex: nullable(given.sdpMLineIndex, (one) => integer(one, "Uint16")),
    usernameFragment: nullable(given.usernameFragment, String),
  };
}
