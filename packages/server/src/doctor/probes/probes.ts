import type {
  HealthOutcome,
  SignalingOutcome,
  StunOutcome,
  TurnOutcome,
  UpgradeOutcome,
} from "@tincan/doctor";
import type { Credentials } from "@tincan/webrtc/stun";

/** Everything through which the doctor looks at the world; tests give it another one. */
export interface Probes {
  /** The addresses of a name; none where it is unknown. */
  resolve(host: string): Promise<readonly string[]>;
  /** Opens a TCP connection and closes it. */
  connect(ip: string, port: number): Promise<ConnectOutcome>;
  /** Shakes hands over TLS, whatever the certificate. */
  certificate(place: WebPlace): Promise<CertificateOutcome>;
  /** Asks `/healthz`. */
  health(place: WebPlace): Promise<HealthOutcome>;
  /** Asks for a WebSocket as socket.io does. */
  upgrade(place: WebPlace): Promise<UpgradeOutcome>;
  /** Two clients meet in a room of their own, and one speaks to the other. */
  signaling(place: WebPlace): Promise<SignalingOutcome>;
  stun(url: string): Promise<StunOutcome>;
  /** Whether a NAT maps one socket to another address for each port of the server; `undefined` where nobody can tell. */
  strictNat(place: WebPlace): Promise<boolean | undefined>;
  turn(url: string, credentials: Credentials): Promise<TurnOutcome>;
  /** Whether this machine is on a network with IPv6. */
  hasIpv6(): boolean;
  /** Milliseconds of Unix time. */
  unixTime(): number;
}

/** A web server at the address under which it answers. */
export interface WebPlace {
  readonly url: URL;
  readonly ip: string;
}

export type ConnectOutcome = "open" | "refused" | "silent";

export type CertificateOutcome =
  | { readonly type: "shown"; readonly certificate: ShownCertificate }
  | { readonly type: "failed"; readonly why: string };

/** What a TLS server showed. */
export interface ShownCertificate {
  readonly names: readonly string[];
  readonly validFrom: number;
  readonly validTo: number;
  readonly issuer: string;
  readonly isSelfSigned: boolean;
  readonly isForName: boolean;
  /** What is wrong with its chain, as OpenSSL has it; `undefined` where it is trusted. */
  readonly chainError: string | undefined;
}
