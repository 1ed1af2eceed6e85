import type { Fingerprint } from "../wire/index.ts";
import type { CipherSuiteName } from "./cipher-suite.ts";
import type { DtlsCrypto, LocalCertificate } from "./dtls-crypto.ts";
import type { NamedGroup } from "./named-group.ts";
import type { RetriedHello } from "./retry-cookie.ts";
import type { SrtpProfile } from "./srtp-profile.ts";

/** The versions of DTLS that we speak. */
export type DtlsVersion = "1.3" | "1.2";

/** How a connection is made. */
export interface DtlsConfig {
  /** The client speaks first; SDP calls it `active` (RFC 8842 §5.1). */
  readonly role: "client" | "server";
  readonly crypto: DtlsCrypto;
  readonly certificate: LocalCertificate;
  /** Whom to believe; until it is given, here or later, nothing is connected. */
  readonly remoteFingerprints?: readonly Fingerprint[];
  /**
   * How the peer is known. "fingerprint" is the default. "none" is for clients of a public server: a
   * server then asks for no certificate, and a client takes any, which is for its caller to judge.
   */
  readonly peerIdentity?: "fingerprint" | "none";
  /** Versions to offer or take; 1.3 is preferred. Default: both. */
  readonly versions?: readonly DtlsVersion[];
  /** What to offer or take; our own order of preference stays. Default: all that we speak. */
  readonly cipherSuites?: readonly CipherSuiteName[];
  readonly groups?: readonly NamedGroup[];
  /** SRTP profiles to offer or take; default: none, and media stays out. */
  readonly srtpProfiles?: readonly SrtpProfile[];
  /** Application protocols (RFC 7301), such as "webrtc" (RFC 8833); default: not spoken of. */
  readonly alpn?: readonly string[];
  /** The longest datagram that a handshake sends; default 1200. */
  readonly mtu?: number;
  /** First wait before a flight is sent again; it doubles up to 60 s. Default 1 s (RFC 6347 §4.2.4.1). */
  readonly initialRtoMs?: number;
  /** How long the handshake may take in all; default 120 s. */
  readonly handshakeTimeoutMs?: number;
  /**
   * What a server goes on from, where a `CookieExchange` before it has sent a HelloRetryRequest and
   * has seen the answer. It settles the version on 1.3.
   */
  readonly retried?: RetriedHello;
}
