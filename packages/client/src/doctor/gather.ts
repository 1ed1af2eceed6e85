import { withoutBrackets } from "@tincan/webrtc/wire";

/** A candidate, as it was gathered (RFC 8839 §5.1). */
export interface GatheredCandidate {
  readonly kind: "candidate";
  /** Since gathering began. */
  readonly ms: number;
  readonly type: RTCIceCandidateType;
  readonly foundation: string;
  readonly component: string;
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  readonly priority: number;
  /** The server that it comes from, where the browser says so. */
  readonly url: string | undefined;
  /** How the browser reaches the relay. */
  readonly relayProtocol: string | undefined;
  readonly candidate: RTCIceCandidate;
}

/** What a server answered instead (W3C WebRTC §4.8.3). */
export interface GatheringError {
  readonly kind: "error";
  readonly ms: number;
  readonly url: string;
  /** A STUN error code, or 701 where the server was not reached. */
  readonly code: number;
  readonly text: string;
}

export type GatheringEvent = GatheredCandidate | GatheringError;

export interface GatherOptions {
  readonly policy?: RTCIceTransportPolicy;
  readonly patienceMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: GatheringEvent) => void) | undefined;
  /** Ends the gathering with this event. */
  readonly until?: (event: GatheringEvent) => boolean;
}

export interface Gathered {
  readonly events: readonly GatheringEvent[];
  /** Whether the browser said that there is nothing more to come. */
  readonly complete: boolean;
  readonly ms: number;
}

/**
 * Gathers candidates as a call would, and tells of each and of each error. Throws a `DOMException`
 * where the browser does not take the servers (`SyntaxError`: a URL, `InvalidAccessError`: no password).
 */
export async function gather(
  iceServers: readonly RTCIceServer[],
  options: GatherOptions = {},
): Promise<Gathered> {
  const { policy = "all", patienceMs = GATHER_PATIENCE_MS, signal, onEvent, until } = options;
  const connection = new RTCPeerConnection({
    iceServers: [...iceServers],
    iceTransportPolicy: policy,
  });
  const start = performance.now();
  const since = (): number => Math.round(performance.now() - start);
  const events: GatheringEvent[] = [];
  try {
    const complete = await new Promise<boolean>((resolve) => {
      const take = (event: GatheringEvent): void => {
        if (events.length >= MOST_EVENTS) return;
        events.push(event);
        onEvent?.(event);
        if (until?.(event)) resolve(false);
      };
      connection.onicecandidate = ({ candidate }) => {
        if (candidate === null) resolve(true);
        else if (candidate.candidate !== "") take(candidateEvent(candidate, since()));
      };
      connection.onicecandidateerror = ({ url, errorCode, errorText }) => {
        take({ kind: "error", ms: since(), url, code: errorCode, text: errorText });
      };
      connection.onicegatheringstatechange = () => {
        if (connection.iceGatheringState === "complete") resolve(true);
      };
      signal?.addEventListener("abort", () => resolve(false), { once: true });
      setTimeout(() => resolve(false), patienceMs);
      connection.createDataChannel("gather");
      connection.setLocalDescription().catch(() => resolve(false));
    });
    return { events, complete, ms: since() };
  } finally {
    connection.close();
  }
}

/** The candidates of what was gathered. */
export function candidatesOf({ events }: Gathered): readonly GatheredCandidate[] {
  return events.filter((event) => event.kind === "candidate");
}

/** The address of a candidate, empty where the browser keeps it to itself. Chromium puts IPv6 in brackets. */
export function ipOf({ address }: Pick<RTCIceCandidate, "address">): string {
  return withoutBrackets(address ?? "");
}

/** Browsers give a STUN server up after ten seconds. */
const GATHER_PATIENCE_MS = 12_000;

/** More tell nothing new. */
const MOST_EVENTS = 500;

function candidateEvent(candidate: RTCIceCandidate, ms: number): GatheredCandidate {
  // Both are newer than the types of some browsers, and missing in some.
  const { url, relayProtocol } = candidate as {
    url?: string | null;
    relayProtocol?: string | null;
  };
  return {
    kind: "candidate",
    ms,
    type: candidate.type ?? "host",
    foundation: candidate.foundation ?? "",
    component: candidate.component ?? "rtp",
    protocol: candidate.protocol ?? "",
    address: ipOf(candidate),
    port: candidate.port ?? 0,
    priority: candidate.priority ?? 0,
    url: url ?? undefined,
    relayProtocol: relayProtocol ?? undefined,
    candidate,
  };
}
