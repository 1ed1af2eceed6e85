import type { ListenOptions } from "../emitter.ts";
import type { Peer } from "../peer/peer.ts";

/** How a channel is opened; the same on both sides. */
export interface ChannelOptions {
  /** A name for logs and statistics, 1 to 32 of `a-z 0-9 - .`. */
  readonly label: string;
  /**
   * The SCTP stream, the same at both ends. 0 to 31 are Tincan's own (PEER-PROTOCOL.md), 32 to 255
   * are free for applications.
   */
  readonly id: number;
  /** Messages arrive in the order in which they were sent; true unless told. */
  readonly ordered?: boolean;
  /** How often a lost message is sent again; as often as it takes unless told. 0 is for what is only of the moment. */
  readonly maxRetransmits?: number;
  /** `low` comes when no more than this many bytes wait to be sent; 256 KiB unless told. */
  readonly lowWater?: number;
}

/** What a peer sent on a channel. */
export interface ChannelMessage {
  readonly peer: Peer;
  readonly data: string | Uint8Array<ArrayBuffer>;
}

/** What happens on a channel, for `Channel.on`. */
export interface ChannelEvents {
  /** Messages can be sent to this peer; comes again after each break. */
  readonly open: Peer;
  /** The connection to this peer broke, or it is gone: what was not delivered is lost. */
  readonly close: Peer;
  readonly message: ChannelMessage;
  /** The queue to this peer has run down to `lowWater`. */
  readonly low: Peer;
}

/**
 * One kind of messages, to and from each peer directly, over an `RTCDataChannel` for each of them.
 * Outlives the connections: after a reload of the other page or a repair it opens anew. Whether the
 * other side listens it does not tell; protocols say hello (PEER-PROTOCOL.md).
 */
export interface Channel extends Disposable {
  readonly label: string;
  readonly id: number;
  isOpen(peerId: string): boolean;
  /**
   * Sends up to 65,536 bytes to one peer. False when it is not open or 4 MiB wait already: the
   * message was not taken then. Throws `too-large`.
   */
  send(peerId: string, data: string | Uint8Array<ArrayBuffer>): boolean;
  /** How many bytes wait to be sent to this peer. */
  bufferedAmount(peerId: string): number;
  on<Name extends keyof ChannelEvents>(
    event: Name,
    listener: (detail: ChannelEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void;
  close(): void;
}
