/** DTLS 1.2 and 1.3 (RFC 6347, RFC 9147) as WebRTC uses it: peers known by fingerprint, keys for SRTP, data for SCTP. */

export {
  type Fingerprint,
  type FingerprintAlgorithm,
  type FingerprintFault,
  fingerprintOf,
  formatFingerprint,
  matchesFingerprint,
  parseFingerprint,
} from "../wire/index.ts";
export { type AlertDescription, alertCode } from "./alert.ts";
export { type Certificate, type CertificateFault, decodeCertificate } from "./certificate.ts";
export type { CipherSuiteName } from "./cipher-suite.ts";
export { CookieExchange, type CookieSettings, type CookieVerdict } from "./cookie.ts";
export type { DtlsConfig, DtlsVersion } from "./dtls-config.ts";
export { DtlsConnection } from "./dtls-connection.ts";
export type {
  AesCbc,
  DtlsCrypto,
  KeyAgreement,
  LocalCertificate,
  RecordNumberMask,
  SigningKey,
} from "./dtls-crypto.ts";
export type { DtlsState } from "./dtls-engine.ts";
export { DtlsError, type DtlsErrorCode } from "./dtls-error.ts";
export type { DtlsCloseReason, DtlsEvent, DtlsFault, DtlsSession } from "./dtls-event.ts";
export type { NamedGroup } from "./named-group.ts";
export type { RetriedHello } from "./retry-cookie.ts";
export { type SelfSignedOptions, selfSigned } from "./self-signed.ts";
export type { SignatureScheme } from "./signature-scheme.ts";
export {
  type SrtpMasterKey,
  type SrtpProfile,
  srtpMasterKeys,
  srtpProfiles,
} from "./srtp-profile.ts";
