import type { Instant } from "../wire/index.ts";

/** One user message on its way out. It keeps the caller's bytes; packets are written straight from them. */
export interface OutgoingMessage {
  readonly streamId: number;
  readonly ppid: number;
  readonly bytes: Uint8Array;
  readonly unordered: boolean;
  /** Whether it counts as buffered; what the layer above adds of its own does not. */
  readonly counted: boolean;
  /** More losses of one of its chunks than this, and the message is given up (RFC 7496 §3.1). */
  readonly maxRetransmits: number;
  /** After this it is given up (RFC 3758 §4.1). */
  readonly expiresAt: Instant;
  /** How much of it has been put into chunks. */
  sent: number;
  /** How many chunks that made: the next fragment sequence number (RFC 8260 §2.1). */
  fragments: number;
  /** Stream sequence number or message identifier; given with the first chunk. */
  order: number;
  /** The first chunk's place in the flight. */
  firstSequence: number;
  abandoned: boolean;
}
