import type { DatagramReceiver } from "../../turn/index.ts";
import type { TransportAddress } from "../../wire/index.ts";

/**
 * What moves the server's datagrams: the one place that knows how. `DgramEngine` stands on Node's
 * `dgram`; an engine that receives and sends whole batches in one system call takes its place
 * without a change anywhere else, since the memory rules of the server's ports (see `RelaySockets`)
 * are made for both.
 */
export interface UdpEngine {
  /** Whether `send` can set DF for a single datagram, and never fragments it then. */
  readonly canSetDontFragment: boolean;
  /** Memory for one datagram to be sent. */
  buffer(length: number): Uint8Array;
  /** Binds a socket; answers through `opened`, at once or later, with the socket or why there is none. */
  open(
    address: TransportAddress,
    receiver: EngineReceiver,
    opened: (outcome: EngineSocket | Error) => void,
  ): void;
  /** Datagrams that were given up since the network did not take them. */
  readonly lost: number;
}

/** Takes what an engine's socket receives. */
export interface EngineReceiver extends DatagramReceiver {
  /** The socket broke and is closed. */
  failed(): void;
}

/** An open socket of an engine. */
export interface EngineSocket {
  readonly local: TransportAddress;
  send(
    bytes: Uint8Array,
    start: number,
    end: number,
    to: TransportAddress,
    dontFragment: boolean,
  ): void;
  close(): void;
}
