import type { TrackState } from "@tincan/signaling";

/**
 * How media gets through to a peer: `connecting` for the first time, `connected`, `interrupted` and
 * about to come back by itself, `failed` (tried again, with growing waits), `closed` for good.
 */
export type PeerConnectionState = "connecting" | "connected" | "interrupted" | "failed" | "closed";

/** A stream that a peer publishes. */
export interface RemoteStream {
  readonly stream: MediaStream;
  /** What it shows: `camera`, `screen`, or a word of the application's own. */
  readonly source: string;
  /** `on`, `off` (muted), or `none`. */
  readonly audio: TrackState;
  readonly video: TrackState;
}

/** Somebody else in the call. Its properties change; `peer-changed` tells when. */
export interface Peer {
  /** Stays for as long as the seat: over a reload of the page, and a restart of the server. */
  readonly id: string;
  readonly name: string;
  /** False while its connection to the server is broken; media usually goes on. */
  readonly here: boolean;
  readonly connection: PeerConnectionState;
  readonly streams: readonly RemoteStream[];
  /** Whether it says that it keeps a recording of the call. */
  readonly recording: boolean;
  /** For `getStats`; another one after the peer's page was reloaded. Do not negotiate on it. */
  readonly pc: RTCPeerConnection;
}
