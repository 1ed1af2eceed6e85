import { type Decoded, decoded, fault, toHex } from "../wire/index.ts";
import { type DerElement, DerReader, derObjectIdentifier, derTag } from "./der.ts";
import { readDerTime } from "./der-time.ts";

/** What a handshake needs of an X.509 certificate (RFC 5280 §4.1). */
export interface Certificate {
  readonly publicKey: PublicKeyInfo;
  /** Validity in milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** The key that a certificate is about. */
export interface PublicKeyInfo {
  readonly type: "ecdsa" | "rsa";
  /** Of an ECDSA key. */
  readonly curve: CertificateCurve | undefined;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
}

/** A curve by its name in the registry of groups. */
export type CertificateCurve = "secp256r1" | "secp384r1" | "secp521r1";

/** Why we do not take a certificate. */
export type CertificateFault = "malformed-certificate" | "unsupported-key" | "weak-key";

/** Object identifiers of keys and signatures (RFC 5480 §2.1, RFC 3279 §2.3.1, RFC 5758 §3.2). */
export const keyIdentifiers = {
  ecPublicKey: "1.2.840.10045.2.1",
  rsaEncryption: "1.2.840.113549.1.1.1",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  sha256WithRsaEncryption: "1.2.840.113549.1.1.11",
} as const;

/** Curves that certificates may be on (RFC 5480 §2.1.1.1): P-256, P-384, P-521. */
const curves: ReadonlyMap<string, CertificateCurve> = new Map([
  [identifier("1.2.840.10045.3.1.7"), "secp256r1"],
  [identifier("1.3.132.0.34"), "secp384r1"],
  [identifier("1.3.132.0.35"), "secp521r1"],
]);

const ecPublicKey = identifier(keyIdentifiers.ecPublicKey);
const rsaEncryption = identifier(keyIdentifiers.rsaEncryption);

/** Below, a key is too weak; above, verifying with it is work for us that a peer could pile up. */
const minRsaBits = 2048;
const maxRsaBits = 8192;

/** Takes a DER certificate apart, as far as we need it. Its signature says nothing and is not looked at. */
export function decodeCertificate(bytes: Uint8Array): Decoded<Certificate, CertificateFault> {
  const certificate = inside(new DerReader(bytes).take(derTag.sequence));
  const tbs = inside(certificate?.take(derTag.sequence));
  if (tbs === undefined) return fault("malformed-certificate");
  tbs.take(derTag.context0);
  const serial = tbs.take(derTag.integer);
  const algorithm = tbs.take(derTag.sequence);
  const issuer = tbs.take(derTag.sequence);
  const validity = inside(tbs.take(derTag.sequence));
  const subject = tbs.take(derTag.sequence);
  const spki = tbs.take(derTag.sequence);
  if (!serial || !algorithm || !issuer || !validity || !subject || !spki) {
    return fault("malformed-certificate");
  }
  const notBefore = takeTime(validity);
  const notAfter = takeTime(validity);
  if (notBefore === undefined || notAfter === undefined) return fault("malformed-certificate");
  const publicKey = publicKeyInfo(spki);
  if (typeof publicKey === "string") return fault(publicKey);
  return decoded({ publicKey, notBefore, notAfter });
}

/** What kind of key a SubjectPublicKeyInfo holds, or why we do not take it. */
function publicKeyInfo(spki: DerElement): PublicKeyInfo | CertificateFault {
  const info = new DerReader(spki.content);
  const algorithm = inside(info.take(derTag.sequence));
  const name = algorithm?.take(derTag.objectIdentifier);
  const key = info.take(derTag.bitString);
  if (!algorithm || !name || !key || !info.isAtEnd || key.content[0] !== 0) {
    return "malformed-certificate";
  }
  switch (toHex(name.whole)) {
    case ecPublicKey: {
      const named = algorithm.take(derTag.objectIdentifier);
      const curve = named && curves.get(toHex(named.whole));
      return curve ? { type: "ecdsa", curve, spki: spki.whole } : "unsupported-key";
    }
    case rsaEncryption: {
      const rsa = inside(new DerReader(key.content.subarray(1)).take(derTag.sequence));
      const modulus = rsa?.take(derTag.integer);
      if (modulus === undefined) return "malformed-certificate";
      const bits = bitLength(modulus.content);
      if (bits > maxRsaBits) return "unsupported-key";
      if (bits < minRsaBits) return "weak-key";
      return { type: "rsa", curve: undefined, spki: spki.whole };
    }
    default:
      return "unsupported-key";
  }
}

function inside(element: DerElement | undefined): DerReader | undefined {
  return element && new DerReader(element.content);
}

function takeTime(validity: DerReader): number | undefined {
  const time = validity.take(derTag.utcTime) ?? validity.take(derTag.generalizedTime);
  return time && readDerTime(time);
}

function bitLength(integer: Uint8Array): number {
  let start = 0;
  while (integer[start] === 0) start += 1;
  const first = integer[start];
  return first === undefined ? 0 : 8 * (integer.length - start) - Math.clz32(first) + 24;
}

function identifier(dotted: string): string {
  return toHex(derObjectIdentifier(dotted));
}
