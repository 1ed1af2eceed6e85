import type { DatagramReceiver } from "../../turn/index.ts";
import type { TransportAddress } from "../../wire/index.ts";

/**
 * What moves datagrams: the one place that knows how. `DgramEngine` stands on Node's `dgram`; an engine that receives
 * whole batches in one system call, too, takes its place without a change anywhere else, since the memory rules of the
 * TURN server's ports (see `RelaySockets`) are made for both.
 */
export interface UdpEngine {
  /** Whether datagrams can leave with DF set (RFC 8656 §14). */
  readonly canSetDontFragment: boolean;
  /** Memory for one datagram to be sent. */
  buffer(length: number): Uint8Array;
  /** Binds a socket; answers, at once or later, with the socket or why there is none. */
  open(address: TransportAddress, opened: (outcome: EngineSocket | Error) => void): void;
  /** Lets go what was sent and may be held back until now, to leave together. */
  flush(): void;
  /** How many datagrams were given up since the network did not take them. */
  readonly lost: number;
}

/** An open socket of an engine. */
export interface EngineSocket {
  readonly local: TransportAddress;
  /** Hands over what comes; `afterBatch` is called when all that came at once is handed over. */
  start(receiver: DatagramReceiver, afterBatch: () => void): void;
  send(
    bytes: Uint8Array,
    start: number,
    end: number,
    to: TransportAddress,
    dontFragment?: boolean,
  ): void;
  close(): void;
}

/** The most that fits in a datagram of UDP over IPv4. */
export const longestDatagram = 65_507;
