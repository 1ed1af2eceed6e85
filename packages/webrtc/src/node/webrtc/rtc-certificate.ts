import {
  type Fingerprint,
  fingerprintOf,
  type LocalCertificate,
  selfSigned,
} from "../../dtls/index.ts";
import { nodeDtlsCrypto } from "../dtls-crypto.ts";
import { generateEcdsaKey, generateRsaKey, type NodeSigningKey } from "../dtls-keys.ts";

/** W3C webrtc §4.9.1: WebCrypto's algorithms, and when the certificate ends. */
export interface RTCCertificateAlgorithm {
  readonly name: string;
  readonly namedCurve?: string;
  readonly modulusLength?: number;
  readonly publicExponent?: Uint8Array;
  readonly hash?: string | { readonly name: string };
  /** Milliseconds from now. */
  readonly expires?: number;
}

/** RTCDtlsFingerprint (W3C webrtc §5.5.2). */
export interface RTCDtlsFingerprint {
  algorithm?: string;
  value?: string;
}

/** A certificate of this side (W3C webrtc §4.9.2). */
export class RTCCertificate {
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly #certificate: LocalCertificate;

  /** Not to be called: `RTCPeerConnection.generateCertificate` makes certificates. */
  constructor(certificate: LocalCertificate, expires: number) {
    this.#certificate = certificate;
    this.expires = expires;
  }

  /** What the layers below show and sign with. */
  static contentOf(certificate: RTCCertificate): LocalCertificate {
    return certificate.#certificate;
  }

  getFingerprints(): RTCDtlsFingerprint[] {
    const bytes = this.#certificate.chain[0] as Uint8Array;
    const { algorithm, value }: Fingerprint = fingerprintOf(nodeDtlsCrypto, bytes);
    return [{ algorithm, value: value.toLowerCase() }];
  }
}

/** A certificate with a fresh ECDSA key, at once. */
export function ecdsaCertificate(lifetimeMs: number = defaultLifetimeMs): RTCCertificate {
  return certify(generateEcdsaKey(), lifetimeMs);
}

/** W3C webrtc §4.9.1: ECDSA on P-256, or RSASSA-PKCS1-v1_5 with SHA-256. */
export async function generateCertificate(
  algorithm: string | RTCCertificateAlgorithm,
): Promise<RTCCertificate> {
  const asked = typeof algorithm === "string" ? { name: algorithm } : algorithm;
  const { name, expires, namedCurve, modulusLength, hash }: RTCCertificateAlgorithm = asked;
  if (expires !== undefined && !(expires >= 0)) throw new TypeError("expires is not negative.");
  const lifetimeMs = Math.min(expires ?? defaultLifetimeMs, longestLifetimeMs);
  if (name?.toUpperCase() === "ECDSA" && namedCurve === "P-256") {
    return certify(generateEcdsaKey(), lifetimeMs);
  }
  const hashName = typeof hash === "object" ? hash.name : hash;
  if (name?.toUpperCase() === "RSASSA-PKCS1-V1_5" && hashName?.toUpperCase() === "SHA-256") {
    const bits = modulusLength ?? 0;
    if (bits >= 2048 && bits <= 8192) return certify(await generateRsaKey(bits), lifetimeMs);
  }
  throw new DOMException("Certificates of this kind are not made.", "NotSupportedError");
}

function certify(key: NodeSigningKey, lifetimeMs: number): RTCCertificate {
  const now = Date.now();
  const expires = now + lifetimeMs;
  // The other side's clock may be behind. A certificate that is to end at once begins before all the same.
  const certificate = selfSigned(nodeDtlsCrypto, key, {
    notBefore: now - dayMs,
    notAfter: expires,
  });
  return new RTCCertificate(certificate, expires);
}

const dayMs = 86_400_000;
/** W3C webrtc §4.9.1 */
const defaultLifetimeMs = 30 * dayMs;
const longestLifetimeMs = 365 * dayMs;
