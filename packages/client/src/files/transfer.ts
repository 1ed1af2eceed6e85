import type { ListenOptions } from "../emitter.ts";
import type { Peer } from "../peer/peer.ts";
import type { OpenSink } from "./file-sink.ts";
import type { FileInfo } from "./messages.ts";
import type { TreeHash } from "./tree-hash.ts";

/**
 * `offered` until the receiver has said yes, `running`, `paused` by one side or both, `waiting` for
 * the connection to come back, `ended`.
 */
export type TransferState = "offered" | "running" | "paused" | "waiting" | "ended";

/**
 * How a transfer ended. `done`: all files are written and verified. `declined` by the receiver,
 * `cancelled` here or `peer-cancelled` there. `gone`: the peer left, or its page was reloaded.
 * `source`: a file could not be read, or is not what it was any more. `sink`: a file could not be
 * written. `hash`: bytes are not what was sent. `protocol`: the peer does not keep to the rules.
 * `peer-failed`: one of these at the other end.
 */
export type TransferReason =
  | "done"
  | "declined"
  | "cancelled"
  | "peer-cancelled"
  | "gone"
  | "source"
  | "sink"
  | "hash"
  | "protocol"
  | "peer-failed";

/** How a transfer ended. */
export interface TransferEnd {
  readonly reason: TransferReason;
  /** What a source or a sink threw. */
  readonly cause?: unknown;
}

/** What happens to a transfer, for `Transfer.on`. */
export interface TransferEvents {
  readonly state: TransferState;
  /** A few times a second while something moves. */
  readonly progress: number;
  /** Once, the last. */
  readonly ended: TransferEnd;
}

/** One or many files on their way to a peer or from it. */
export interface Transfer {
  readonly direction: "out" | "in";
  readonly peer: Peer;
  readonly files: readonly FileInfo[];
  /** All files together, in bytes. */
  readonly size: number;
  readonly state: TransferState;
  /** Who has paused it. */
  readonly paused: { readonly here: boolean; readonly there: boolean };
  /** How many bytes the receiver has verified and written. */
  readonly transferred: number;
  /** The file that is on its way now, by its place in `files`. */
  readonly current: number;
  /** Over the last seconds; 0 while nothing moves. */
  readonly bytesPerSecond: number;
  /** `undefined` while nothing moves. */
  readonly secondsLeft: number | undefined;
  readonly end: TransferEnd | undefined;
  /** Resolves when it has ended, however that was. */
  readonly ended: Promise<TransferEnd>;
  pause(): void;
  resume(): void;
  /** Ends it at both sides. Files that had arrived as a whole stay; the one under way is thrown away. */
  cancel(): void;
  on<Name extends keyof TransferEvents>(
    event: Name,
    listener: (detail: TransferEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void;
}

/**
 * What of a transfer is there already, verified, from a program that did not live to see its end: all
 * files before `file`, and of that one `blocks` of 256 KiB.
 */
export interface Received {
  readonly file: number;
  readonly blocks: number;
  /** Over these blocks; `hashBlocks` makes it of them. */
  readonly tree: TreeHash;
}

/** Files that a peer wants to send. Nothing comes before `accept`. */
export interface IncomingTransfer extends Transfer {
  /**
   * `open` is called for each file when its turn comes. With `received` the first is the one that it
   * names, and what is written to it comes behind the blocks that are there. Does nothing where it was
   * answered before.
   */
  accept(open: OpenSink, received?: Received): void;
  decline(): void;
}
