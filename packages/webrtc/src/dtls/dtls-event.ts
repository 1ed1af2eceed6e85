import type { AckFault } from "./ack.ts";
import type { AlertDescription, AlertFault } from "./alert.ts";
import type { CipherSuiteName } from "./cipher-suite.ts";
import type { DtlsVersion } from "./dtls-config.ts";
import type { HandshakeFragmentFault } from "./handshake-message.ts";
import type { ReassemblyFault } from "./reassembly.ts";
import type { RecordFault } from "./record.ts";
import type { OpenFault } from "./record-layer.ts";
import type { SrtpProfile } from "./srtp-profile.ts";

/** What a handshake has agreed on. */
export interface DtlsSession {
  readonly version: DtlsVersion;
  readonly cipherSuite: CipherSuiteName;
  readonly srtpProfile: SrtpProfile | undefined;
  readonly alpn: string | undefined;
  /** Whether all keys are bound to the whole handshake (RFC 7627); in 1.3 they are. */
  readonly extendedMasterSecret: boolean;
  /** The peer's certificates in DER, its own first. */
  readonly peerCertificates: readonly Uint8Array[];
}

/** Why a connection has ended. */
export type DtlsCloseReason =
  /** `close` was called. */
  | "closed"
  /** The peer said close_notify. */
  | "closed-by-peer"
  /** The peer sent the alert, and that was that. */
  | "alert-received"
  /** We sent the alert, since the peer's handshake was not in order. */
  | "handshake-failed"
  /** The peer is not who signaling said it is. */
  | "fingerprint-mismatch"
  /** The handshake took too long. */
  | "timeout"
  /** 2^48 records were sent, and there is no renegotiation. */
  | "sequence-exhausted";

/** What a connection reports. */
export type DtlsEvent =
  /** The handshake is done and the peer's fingerprint is right. */
  | { readonly type: "connected"; readonly session: DtlsSession }
  /** A view into the packet that was received. */
  | { readonly type: "data"; readonly data: Uint8Array }
  | {
      readonly type: "closed";
      readonly reason: DtlsCloseReason;
      readonly alert: AlertDescription | undefined;
    };

/** Why a record, or a part of one, was dropped. */
export type DtlsFault =
  | RecordFault
  | OpenFault
  | HandshakeFragmentFault
  | ReassemblyFault
  | AlertFault
  | AckFault
  /** Of an epoch that cannot be. */
  | "unknown-epoch"
  /** Of a kind that has no place in this state. */
  | "unexpected-record"
  /** Came before the keys, or before the fingerprint, when too much of that was there already. */
  | "too-many-early-records";
