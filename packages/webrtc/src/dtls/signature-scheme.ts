import type { CertificateCurve, PublicKeyInfo } from "./certificate.ts";

/**
 * How something is signed. In DTLS 1.2 an ECDSA scheme does not bind the curve (RFC 5246 §7.4.1.4.1),
 * hence names without one.
 */
export type SignatureScheme =
  | "ecdsa-sha256"
  | "ecdsa-sha384"
  | "ecdsa-sha512"
  | "rsa-pss-sha256"
  | "rsa-pss-sha384"
  | "rsa-pss-sha512"
  | "rsa-pkcs1-sha256"
  | "rsa-pkcs1-sha384"
  | "rsa-pkcs1-sha512";

/** SignatureAndHashAlgorithm (RFC 5246 §7.4.1.4.1), RSASSA-PSS as RFC 8446 §4.2.3. No SHA-1. */
const codes: Readonly<Record<SignatureScheme, number>> = {
  "ecdsa-sha256": 0x0403,
  "ecdsa-sha384": 0x0503,
  "ecdsa-sha512": 0x0603,
  "rsa-pss-sha256": 0x0804,
  "rsa-pss-sha384": 0x0805,
  "rsa-pss-sha512": 0x0806,
  "rsa-pkcs1-sha256": 0x0401,
  "rsa-pkcs1-sha384": 0x0501,
  "rsa-pkcs1-sha512": 0x0601,
};

/** All schemes in the order that we like them. */
export const signatureSchemes: readonly SignatureScheme[] = Object.keys(codes) as SignatureScheme[];

/** The number of a scheme on the wire. */
export function signatureSchemeCode(scheme: SignatureScheme): number {
  return codes[scheme];
}

/** The scheme of a code; `undefined` for one that we do not speak. */
export function signatureSchemeOf(code: number): SignatureScheme | undefined {
  return signatureSchemes.find((scheme) => codes[scheme] === code);
}

/** The kind of key that a scheme needs. */
export function keyTypeOf(scheme: SignatureScheme): "ecdsa" | "rsa" {
  return scheme.startsWith("ecdsa") ? "ecdsa" : "rsa";
}

/** Our first choice among the codes a peer offers, for a key of ours. */
export function chooseSignatureScheme(
  offered: readonly number[],
  keyType: "ecdsa" | "rsa",
): SignatureScheme | undefined {
  return signatureSchemes.find(
    (scheme) => keyTypeOf(scheme) === keyType && offered.includes(codes[scheme]),
  );
}

/** Whether a scheme signs in 1.3 for a key: there ECDSA is bound to a curve, and RSA is PSS (RFC 8446 §4.2.3). */
export function signsIn13(scheme: SignatureScheme, key: PublicKeyInfo): boolean {
  if (key.type === "rsa") return scheme.startsWith("rsa-pss");
  return key.curve !== undefined && scheme === ecdsaSchemes[key.curve];
}

const ecdsaSchemes: Readonly<Record<CertificateCurve, SignatureScheme>> = {
  secp256r1: "ecdsa-sha256",
  secp384r1: "ecdsa-sha384",
  secp521r1: "ecdsa-sha512",
};
