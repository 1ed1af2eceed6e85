import type { Crypto, Instant, Timers } from "../wire/index.ts";
import type { DataReceiver } from "./data-receiver.ts";
import type { DataSender } from "./data-sender.ts";
import type { Init } from "./init-chunk.ts";
import type { Parameter } from "./parameters.ts";
import type { RoundTrip } from "./round-trip.ts";
import type { StreamResets } from "./stream-resets.ts";
import type { TimerName } from "./timer-name.ts";

/** The states of an association (RFC 9260 §4). */
export type AssociationState =
  | "closed"
  | "cookie-wait"
  | "cookie-echoed"
  | "established"
  | "shutdown-pending"
  | "shutdown-sent"
  | "shutdown-received"
  | "shutdown-ack-sent";

/** Why an association is no more. */
export type ClosedReason =
  /** Both sides have finished (RFC 9260 §9.2). */
  | "shutdown"
  /** This side called `abort`. */
  | "aborted"
  | "aborted-by-peer"
  /** INIT or COOKIE ECHO stayed without an answer (RFC 9260 §4.4.1: Max.Init.Retransmits). */
  | "handshake-timeout"
  /** Data, heartbeats or resets stayed without an answer (RFC 9260 §8.1: Association.Max.Retrans). */
  | "unreachable"
  /** The peer broke the protocol, or sent a message beyond the size agreed. */
  | "protocol-violation";

/** Why the peer has aborted (RFC 9260 §3.3.10). */
export interface AbortCause {
  readonly code: number;
  readonly value: Uint8Array;
}

/** How an association is known to its peer. */
export interface Identity {
  readonly tag: number;
  readonly initialTsn: number;
}

/** What the parts of an association share, and what they may ask of it. */
export interface AssociationCore {
  readonly crypto: Crypto;
  /** How many timeouts in a row say that the peer is unreachable. */
  readonly maxTimeouts: number;
  readonly timers: Timers<TimerName>;
  readonly roundTrip: RoundTrip;
  state: AssociationState;
  local: Identity;
  /** What the peer said of itself, as far as both sides can do it; from INIT ACK or COOKIE ECHO on. */
  peer: Init | undefined;
  sender: DataSender | undefined;
  receiver: DataReceiver | undefined;
  resets: StreamResets | undefined;

  /** What this side says of itself in INIT and INIT ACK. */
  describe(local: Identity): Init;
  /** A chunk for the next packet. */
  send(chunk: Uint8Array): void;
  /** Chunks that make a packet of their own; with the checksum, unless `mayOmitChecksum` (RFC 9653 §5.2). */
  sendAlone(tag: number, chunks: Uint8Array, mayOmitChecksum?: boolean): void;
  /** The peer is known: set up both directions of data (RFC 9260 §5.1, C and D). */
  adopt(peer: Init): void;
  /** Both sides know each other. `restarted` where the peer began anew (RFC 9260 §5.2.4.1). */
  established(now: Instant, restarted: boolean): void;
  /** `cause` is what the peer gave for its abort. */
  end(reason: ClosedReason, cause?: AbortCause): void;
  /** Tells the peer why, and ends (RFC 9260 §9.1). */
  abort(reason: ClosedReason, cause: Parameter): void;
}
