import {
  type Fingerprint,
  fingerprintOf,
  type LocalCertificate,
  selfSigned,
} from "../../dtls/index.ts";
import { nodeDtlsCrypto } from "../dtls-crypto.ts";
import { generateEcdsaKey, generateRsaKey, type NodeSigningKey } from "../dtls-keys.ts";
import { assertInternal, defineInterface, enforcedInteger, internal } from "./web-idl.ts";

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

/** What the layers below show and sign with. */
export let certificateContent: (certificate: RTCCertificate) => LocalCertificate;

/** A certificate of this side (W3C webrtc §4.9.2): `RTCPeerConnection.generateCertificate` makes them. */
export class RTCCertificate {
  readonly #certificate: LocalCertificate;
  readonly #expires: number;

  static {
    certificateContent = (certificate) => certificate.#certificate;
  }

  constructor(...made: [key: typeof internal, certificate: LocalCertificate, expires: number]) {
    assertInternal(made[0]);
    [, this.#certificate, this.#expires] = made;
  }

  /** Milliseconds since 1970. */
  get expires(): number {
    return this.#expires;
  }

  getFingerprints(): RTCDtlsFingerprint[] {
    const bytes = this.#certificate.chain[0] as Uint8Array;
    const { algorithm, value }: Fingerprint = fingerprintOf(nodeDtlsCrypto, bytes);
    return [{ algorithm, value: value.toLowerCase() }];
  }
}

defineInterface(RTCCertificate);

/** A certificate with a fresh ECDSA key, at once. */
export function ecdsaCertificate(lifetimeMs: number = defaultLifetimeMs): RTCCertificate {
  return certify(generateEcdsaKey(), lifetimeMs);
}

/** W3C webrtc §4.9.1: ECDSA on P-256, or RSASSA-PKCS1-v1_5 with SHA-256. */
export async function generateCertificate(
  algorithm: string | RTCCertificateAlgorithm,
): Promise<RTCCertificate> {
  if (algorithm === undefined) throw new TypeError("An algorithm is needed.");
  const asked: Partial<RTCCertificateAlgorithm> =
    typeof algorithm === "object" && algorithm !== null ? algorithm : { name: String(algorithm) };
  const { expires = defaultLifetimeMs } = asked;
  const lifetimeMs = enforcedInteger(expires, "expires", Number.MAX_SAFE_INTEGER);
  const key = await generateKey(asked);
  return certify(key, Math.min(lifetimeMs, longestLifetimeMs));
}

/** WebCrypto has an algorithm's own members converted, so that one which is missing is a TypeError (§18.4.4). */
async function generateKey(asked: Partial<RTCCertificateAlgorithm>): Promise<NodeSigningKey> {
  switch (String(needed(asked, "name")).toUpperCase()) {
    case "ECDSA":
      if (needed(asked, "namedCurve") === "P-256") return generateEcdsaKey();
      break;
    case "RSASSA-PKCS1-V1_5": {
      const hash = needed(asked, "hash");
      const hashName = typeof hash === "object" ? hash.name : hash;
      const bits = Number(needed(asked, "modulusLength"));
      const isUsual = [...needed(asked, "publicExponent")].join() === "1,0,1";
      const isStrong = String(hashName).toUpperCase() === "SHA-256" && bits >= 2048 && bits <= 8192;
      if (isUsual && isStrong) return await generateRsaKey(bits);
    }
  }
  throw new DOMException("Certificates of this kind are not made.", "NotSupportedError");
}

function needed<Name extends keyof RTCCertificateAlgorithm>(
  asked: Partial<RTCCertificateAlgorithm>,
  name: Name,
): NonNullable<RTCCertificateAlgorithm[Name]> {
  const value = asked[name];
  if (value === undefined || value === null) throw new TypeError(`The algorithm lacks ${name}.`);
  return value;
}

function certify(key: NodeSigningKey, lifetimeMs: number): RTCCertificate {
  const now = Date.now();
  const expires = now + lifetimeMs;
  // The other side's clock may be behind. A certificate that is to end at once begins before all the same.
  const certificate = selfSigned(nodeDtlsCrypto, key, {
    notBefore: now - dayMs,
    notAfter: expires,
  });
  return new RTCCertificate(internal, certificate, expires);
}

const dayMs = 86_400_000;
/** W3C webrtc §4.9.1 */
const defaultLifetimeMs = 30 * dayMs;
const longestLifetimeMs = 365 * dayMs;
