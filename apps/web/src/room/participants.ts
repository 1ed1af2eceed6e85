import type { Peer, PeerConnectionState } from "@tincan/client";

/** A peer as the page draws it. */
export interface Participant {
  readonly id: string;
  readonly name: string;
  readonly here: boolean;
  readonly connection: PeerConnectionState;
  /** Whether it keeps a recording of the call. */
  readonly recording: boolean;
  readonly tiles: readonly Tile[];
}

/** One picture of a participant: a camera, or a screen. */
export interface Tile {
  readonly id: string;
  readonly source: string;
  readonly stream: MediaStream | undefined;
  readonly audio: "on" | "off" | "none";
  readonly video: "on" | "off" | "none";
}

/** What there is to draw of a peer. One that publishes nothing yet still has a place. */
export function participantOf(
  peer: Pick<Peer, "id" | "name" | "here" | "connection" | "recording" | "streams">,
): Participant {
  const { id, name, here, connection, recording } = peer;
  const tiles = peer.streams.map(
    ({ stream, source, audio, video }, index): Tile => ({
      id: `${id}/${source}/${index}`,
      source,
      stream,
      audio,
      video,
    }),
  );
  return {
    ...{ id, name, here, connection, recording },
    tiles: tiles.length === 0 ? [vacant(id)] : tiles,
  };
}

/** The letter that stands where no picture is; a whole character, also outside of the first plane. */
export function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name.trim());
  return (first?.segment ?? "").toLocaleUpperCase();
}

function vacant(peer: string): Tile {
  return {
    id: `${peer}/camera/0`,
    source: "camera",
    stream: undefined,
    audio: "none",
    video: "none",
  };
}
