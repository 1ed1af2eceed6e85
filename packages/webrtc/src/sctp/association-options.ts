import type { Crypto } from "../wire/index.ts";

/** What an association is made with. */
export interface AssociationOptions {
  readonly crypto: Crypto;
  /** SCTP ports, told in SDP (RFC 8841 §5); 5000 by custom. */
  readonly localPort?: number;
  readonly remotePort?: number;
  /** The size of an SCTP packet that any path carries, DTLS and what lies below not counted. */
  readonly packetSize?: number;
  /** Up to here larger packets are tried (RFC 8899). The default leaves room for DTLS, TURN and IPv6 in 1500 bytes. */
  readonly maxPacketSize?: number;
  /** The largest message that is taken in (RFC 8841 §6, a=max-message-size). */
  readonly maxMessageSize?: number;
  /** How much memory a peer may fill before the application reads. */
  readonly maxReceiveWindow?: number;
  /** How much may wait to be sent, over all streams. */
  readonly maxSendBuffer?: number;
  /**
   * How many timeouts in a row say that the peer is unreachable: Association.Max.Retrans, 10 (RFC 9260 §16).
   * Without bound where the layers below know better.
   */
  readonly maxTimeouts?: number;
  /** Offer interleaving of messages (RFC 8260). */
  readonly interleaving?: boolean;
  /** Offer to go without checksums, as DTLS protects the packets (RFC 9653). */
  readonly zeroChecksum?: boolean;
}

/** How one message is to be sent. */
export interface SendOptions {
  readonly ppid: number;
  readonly unordered?: boolean;
  readonly maxRetransmits?: number | undefined;
  readonly lifetimeMs?: number | undefined;
  /** Whether its bytes count as buffered; they do unless told otherwise. */
  readonly counted?: boolean;
}

/** The options with what stands for those left out. */
export function withDefaults(options: AssociationOptions): Required<AssociationOptions> {
  const maxMessageSize = options.maxMessageSize ?? 262_144;
  const window = options.maxReceiveWindow ?? 16 * 1024 * 1024;
  return {
    crypto: options.crypto,
    localPort: options.localPort ?? 5000,
    remotePort: options.remotePort ?? 5000,
    packetSize: (options.packetSize ?? 1200) & ~3,
    maxPacketSize: (options.maxPacketSize ?? 1400) & ~3,
    maxMessageSize,
    // A message must fit into the window beside the next one.
    maxReceiveWindow: Math.max(window, 2 * maxMessageSize),
    maxSendBuffer: options.maxSendBuffer ?? 64 * 1024 * 1024,
    maxTimeouts: options.maxTimeouts ?? 10,
    interleaving: options.interleaving ?? true,
    zeroChecksum: options.zeroChecksum ?? true,
  };
}
