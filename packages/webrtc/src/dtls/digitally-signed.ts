import { concat } from "../wire/index.ts";
import type { Reader } from "./reader.ts";
import {
  type SignatureScheme,
  signatureSchemeCode,
  signatureSchemeOf,
} from "./signature-scheme.ts";
import { number16, vector16 } from "./vector.ts";

/** DigitallySigned (RFC 5246 §4.7): the scheme and the signature. It is also all of a CertificateVerify. */
export function encodeDigitallySigned(scheme: SignatureScheme, signature: Uint8Array): Uint8Array {
  return concat(number16(signatureSchemeCode(scheme)), vector16(signature));
}

/** `undefined` where the scheme is none of ours; whether the bytes sufficed is for the reader to say. */
export function decodeDigitallySigned(
  reader: Reader,
): { readonly scheme: SignatureScheme; readonly signature: Uint8Array } | undefined {
  const scheme = signatureSchemeOf(reader.u16());
  const signature = reader.vector16();
  return scheme && { scheme, signature };
}
