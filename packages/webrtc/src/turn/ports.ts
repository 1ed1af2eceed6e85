import type { Instant, TransportAddress } from "../wire/index.ts";
import type { IcmpError } from "./attributes.ts";

/**
 * What the server asks of the outside: sockets. `node/` implements this with `dgram` and `net`, a
 * batched implementation with its own arena of packets, and the tests with a virtual network.
 *
 * Bytes are handed over in place, as `bytes` from `start` up to `end`, so that no packet costs a view
 * of itself. They belong to whoever they were handed to: the server may write over a datagram that
 * it received, and over up to four bytes before its `start` where there are so many (headroom: there
 * a ChannelData header goes), and sends the same memory on; it does not touch what it has sent. An
 * implementation that uses a slot again must have flushed what was sent from it.
 */
export interface RelaySockets {
  /** Whether a relayed datagram can be sent with DF set (RFC 8656 §14); otherwise DONT-FRAGMENT is a 420. */
  readonly canSetDontFragment: boolean;
  /** A buffer of any content, for one datagram to be sent. */
  buffer(length: number): Uint8Array;
  /** Opens a UDP socket; calls `opened` at once or later, with `undefined` where the address is not to be had. */
  openUdp(
    address: TransportAddress,
    receiver: RelayReceiver,
    opened: (socket: RelaySocket | undefined, now: Instant) => void,
  ): void;
  /** Opens a TCP listener for peers (RFC 6062); absent where TCP is not relayed. */
  openTcp?(
    address: TransportAddress,
    receiver: TcpRelayReceiver,
    opened: (listener: TcpRelayListener | undefined, now: Instant) => void,
  ): void;
}

/** Takes datagrams; a batch is a call for each, and then the flush of what they made the server send. */
export interface DatagramReceiver {
  /**
   * `ip` is in canonical text form. An implementation that has binary addresses keeps a bounded
   * table of the texts; an equal text that is the same object makes the look-up cheap.
   */
  receive(
    bytes: Uint8Array,
    start: number,
    end: number,
    ip: string,
    port: number,
    now: Instant,
  ): void;
}

/** A socket on one of the server's own addresses. */
export interface DatagramSocket {
  readonly local: TransportAddress;
  /** For one destination `to` is the same object again and again: its binary form can be kept with it. */
  send(bytes: Uint8Array, start: number, end: number, to: TransportAddress): void;
}

/** An open UDP relay. */
export interface RelaySocket {
  send(
    bytes: Uint8Array,
    start: number,
    end: number,
    to: TransportAddress,
    dontFragment: boolean,
  ): void;
  close(): void;
}

/** Takes what comes to a UDP relay. */
export interface RelayReceiver extends DatagramReceiver {
  /** An ICMP error came back for a datagram to this peer (RFC 8656 §11.5). */
  icmp(peer: TransportAddress, error: IcmpError, now: Instant): void;
  /** The socket broke and is closed. */
  failed(): void;
}

/** A TCP, TLS or DTLS connection; over DTLS each `send` is one message. */
export interface StreamSocket {
  readonly local: TransportAddress;
  readonly remote: TransportAddress;
  /** Answers `false` where more waits to be written than should: `drained` tells when to go on. On a closed socket it does nothing. */
  send(bytes: Uint8Array, start: number, end: number): boolean;
  /** Stops and resumes reading. */
  pause(): void;
  resume(): void;
  /** Closes after what was sent is written; `closed` is not called for it. */
  close(): void;
}

/** Takes what comes from a connection. */
export interface StreamReceiver {
  receive(bytes: Uint8Array, now: Instant): void;
  drained(now: Instant): void;
  closed(now: Instant): void;
}

/** An open TCP relay: it listens, and connects from the address it listens on. */
export interface TcpRelayListener {
  /** Calls `connected` once, with `undefined` where the peer does not answer; what it answers takes the bytes. */
  connect(
    peer: TransportAddress,
    connected: (socket: StreamSocket | undefined, now: Instant) => StreamReceiver | undefined,
  ): void;
  close(): void;
}

/** Takes the connections that peers make to a TCP relay. */
export interface TcpRelayReceiver {
  /** Answers who takes the bytes; the socket is paused until the server resumes it. `undefined`: close it. */
  accepted(socket: StreamSocket, now: Instant): StreamReceiver | undefined;
  failed(): void;
}
