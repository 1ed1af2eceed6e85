import type { Channel, ChannelOptions } from "../channel/channel.ts";
import type { ListenOptions } from "../emitter.ts";
import type { TincanError } from "../error.ts";
import type { Peer } from "../peer/peer.ts";
import type { LeaveOptions } from "../signaling/signaling-connection.ts";
import type { Knock } from "./call-room.ts";
import type { MediaKind, Publication } from "./publication.ts";

/** The connection to the signaling server. Media between the peers goes on while it reconnects. */
export type CallState = "connected" | "reconnecting" | "ended";

/**
 * Why a call has ended: `left` (we did), `replaced` (another page took this seat), `removed` (by the host), `full` (somebody
 * else took the seat while we were away), `refused` (the server does not let us come back), `lost`
 * (no server and no peer for ten minutes).
 */
export type EndReason = "left" | "replaced" | "removed" | "full" | "refused" | "lost";

/** What happens in a call, for `Call.on`; each property is the detail of the event of its name. */
export interface CallEvents {
  /** Somebody came. Who was there before is in `peers` from the start. */
  readonly "peer-joined": Peer;
  readonly "peer-left": { readonly peer: Peer; readonly reason: "left" | "lost" | "removed" };
  /** Its `name`, `here`, `connection`, `streams` or `recording` are other ones. */
  readonly "peer-changed": Peer;
  /** A track of a peer can be played. The same track may come again in another stream. */
  readonly track: {
    readonly peer: Peer;
    readonly track: MediaStreamTrack;
    readonly stream: MediaStream;
    readonly source: string;
  };
  /** What a peer sent with `send`. */
  readonly message: { readonly peer: Peer; readonly data: string };
  readonly state: CallState;
  /** The server takes nobody new and ends within this time; what goes from peer to peer goes on. */
  readonly draining: { readonly withinMs: number };
  /** Another one is the host: its id. */
  readonly "host-changed": string | undefined;
  /** The room was locked, or opened. */
  readonly "locked-changed": boolean;
  /** The room has a password now, or none any more. */
  readonly "password-changed": boolean;
  /** To the host: somebody waits before the locked room. */
  readonly knock: Knock;
  /** To the host: it waits no longer. */
  readonly "knock-gone": Knock;
  /** The host asks us to mute our audio or video. What comes of it is the application's affair. */
  readonly asked: { readonly peer: Peer | undefined; readonly kind: MediaKind };
  /** Comes once, as the last event. */
  readonly ended: EndReason;
  /** Something went wrong that the call survives; for logs. */
  readonly fault: TincanError;
}

/** A seat in a room, and a connection to everybody else in it. */
export interface Call extends AsyncDisposable {
  /** The room's name as the server writes it. */
  readonly room: string;
  /** How many seats the room has, ours included. */
  readonly capacity: number;
  readonly self: { readonly id: string; readonly name: string };
  readonly state: CallState;
  /** The others, by id. */
  readonly peers: ReadonlyMap<string, Peer>;
  readonly publications: readonly Publication[];
  /**
   * Sends a stream's first audio and first video track to everybody, now and whoever comes later.
   * `source` is 1 to 32 of `a-z 0-9 -`. Throws `ended`, `malformed` (the source) and `overflow` (more
   * than 16 streams). A stream that is published already answers its publication.
   */
  publish(stream: MediaStream, options?: { readonly source?: string }): Publication;
  /**
   * Sends up to 16,384 characters through the server to one peer or to all. Kept while the connection
   * is broken; arrives once, unless the server itself was lost at that moment: then at least once.
   * Throws `ended`, `too-large`, `no-such-peer` and `overflow`.
   */
  send(data: string, options?: { readonly to?: string }): void;
  /**
   * A channel of messages to and from each peer directly, not through the server. Both sides open it
   * with the same options. Throws `ended`, `malformed` (the label or the id), and `overflow` (the id
   * is in use).
   */
  channel(options: ChannelOptions): Channel;
  /** Whether the others are told that we keep a recording. */
  readonly recording: boolean;
  /**
   * Tells everybody, also those who come later, that we begin or have ended to keep a recording.
   * `@tincan/client/recording` does it by itself. To begin throws `ended`.
   */
  announceRecording(recording: boolean): void;
  /** The id of the one whose room it is: who opened it, and after that one the one who is there longest. */
  readonly host: string | undefined;
  readonly isHost: boolean;
  readonly isLocked: boolean;
  readonly hasPassword: boolean;
  /** Who waits before the locked room, where we are the host. */
  readonly knocks: readonly Knock[];
  /**
   * As the host: nobody comes in any more without our word, except those who were here. This and the
   * following reject with `not-host`, `rate-limited`, `unreachable` or `ended`.
   */
  lock(): Promise<void>;
  /** As the host: opens the room; who waits comes in. */
  unlock(): Promise<void>;
  /**
   * As the host: newcomers need this password, of 1 to 256 characters; `undefined` takes it away. It
   * does not leave the page: the server gets what is derived from it. Rejects with `malformed`, and
   * `unsupported` on a page without https.
   */
  setPassword(password: string | undefined): Promise<void>;
  /** As the host: lets in one of `knocks`. Rejects with `no-such-knock` and `no-free-seat`. */
  admit(knock: string): Promise<void>;
  /** As the host: sends one of `knocks` away. Rejects with `no-such-knock`. */
  deny(knock: string): Promise<void>;
  /** As the host: takes a peer's seat. Rejects with `no-such-peer`. */
  remove(peer: string): Promise<void>;
  /** As the host: asks a peer to mute. Rejects with `no-such-peer`. */
  askToMute(peer: string, kind: MediaKind): Promise<void>;
  /**
   * Gives up the seat and closes everything. A second call waits for the same end. In a page's `pagehide` say
   * `leave({ unloading: true })` where it shall not come back: the others hear of it at once, and not when the
   * seat's time is over.
   */
  leave(options?: LeaveOptions): Promise<void>;
  /** Listens to an event; the function that it answers ends that. */
  on<Name extends keyof CallEvents>(
    event: Name,
    listener: (detail: CallEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void;
}
