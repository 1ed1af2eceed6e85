import type { SentAlert } from "./alert.ts";
import type { CipherSuite13 } from "./cipher-suite13.ts";
import type { FlightMessage } from "./flight13.ts";
import type { HandshakeMessage } from "./handshake-message.ts";

/** One side's part of a handshake of 1.3: messages in, in order and whole; flights out through its host. */
export interface Handshake13 {
  start(): void;
  /** Takes the peer's next message; answers the fatal alert that it deserves, if it does. */
  receive(message: HandshakeMessage): SentAlert | undefined;
}

/** What a handshake asks of the connection that it runs in. */
export interface Handshake13Host {
  /** Sends a flight, and again until it is answered or acknowledged. */
  sendFlight(messages: readonly FlightMessage[]): void;
  /** Gives an epoch its keys, both directions. */
  protect(epoch: number, suite: CipherSuite13, write: Uint8Array, read: Uint8Array): void;
  /** Whether the peer may show this certificate, or may still turn out to. */
  admits(certificate: Uint8Array): boolean;
  complete(): void;
}
