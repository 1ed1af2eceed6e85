import type { SentAlert } from "./alert.ts";
import type { CipherSuite } from "./cipher-suite.ts";
import type { CipherSuite13 } from "./cipher-suite13.ts";
import type { DtlsVersion } from "./dtls-config.ts";
import type { DtlsCrypto, LocalCertificate } from "./dtls-crypto.ts";
import type { FlightItem } from "./flight.ts";
import type { HandshakeMessage } from "./handshake-message.ts";
import type { NamedGroup } from "./named-group.ts";
import type { RecordProtection } from "./record-protection.ts";
import type { SrtpProfile } from "./srtp-profile.ts";

/** One side's part of a handshake: messages in, in order and whole; flights out through its host. */
export interface Handshake {
  start(): void;
  /** Takes the peer's next message; answers the fatal alert that it deserves, if it does. */
  receive(message: HandshakeMessage): SentAlert | undefined;
}

/** What a handshake asks of the connection that it runs in. */
export interface HandshakeHost {
  /** Sends a flight, and again until it is answered. The last flight is repeated only on demand. */
  sendFlight(items: readonly FlightItem[], isLast: boolean): void;
  /** A flight was sent before: repeat it until it is answered. */
  awaitAnswer(items: readonly FlightItem[]): void;
  protect(write: RecordProtection, read: RecordProtection): void;
  /** Whether the peer may show this certificate, or may still turn out to. */
  admits(certificate: Uint8Array): boolean;
  complete(): void;
}

/** What a handshake offers and shows. */
export interface HandshakeSettings {
  readonly crypto: DtlsCrypto;
  readonly certificate: LocalCertificate;
  /** Best first. */
  readonly versions: readonly DtlsVersion[];
  readonly suites: readonly CipherSuite[];
  readonly suites13: readonly CipherSuite13[];
  readonly groups: readonly NamedGroup[];
  readonly srtpProfiles: readonly SrtpProfile[];
  readonly alpn: readonly string[];
  /** Whether a server wants to see a certificate. */
  readonly asksCertificate: boolean;
}
