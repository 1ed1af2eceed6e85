import type { CallState, Peer } from "@tincan/client";
import type { TextKey } from "../i18n/en.ts";

/** How a call stands, for people: a sentence, whom it is about, and how grave it is. */
export interface ConnectionWords {
  readonly key: TextKey;
  readonly name?: string;
  readonly tone: "good" | "waiting" | "trouble";
}

/** What of a peer the words depend on. */
export type PeerStanding = Pick<Peer, "name" | "here" | "connection">;

/**
 * The one sentence that matters most right now: what is broken before what is under way. A peer that
 * is away from signaling while its picture goes on is no trouble to anybody yet.
 */
export function connectionWords(
  state: CallState,
  peers: readonly PeerStanding[],
  draining = false,
): ConnectionWords {
  const about = (connection: Peer["connection"]): PeerStanding | undefined =>
    peers.find((peer) => peer.connection === connection);
  const failed = about("failed");
  if (failed !== undefined) return words("connection.failed", failed, "trouble");
  const away = peers.find((peer) => !peer.here && peer.connection !== "connected");
  if (away !== undefined) return words("connection.away", away, "trouble");
  const interrupted = about("interrupted");
  if (interrupted !== undefined) return words("connection.interrupted", interrupted, "trouble");
  if (state === "reconnecting") return { key: "connection.signaling", tone: "trouble" };
  if (draining) return { key: "connection.draining", tone: "waiting" };
  const connecting = about("connecting");
  if (connecting !== undefined) return words("connection.connecting", connecting, "waiting");
  if (peers.length === 0) return { key: "connection.waiting", tone: "waiting" };
  return { key: "connection.connected", tone: "good" };
}

function words(key: TextKey, peer: PeerStanding, tone: ConnectionWords["tone"]): ConnectionWords {
  return { key, name: peer.name, tone };
}
