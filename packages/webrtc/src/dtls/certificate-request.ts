import { concat, type Decoded, decoded, fault } from "../wire/index.ts";
import type { MessageFault } from "./handshake-message.ts";
import { Reader } from "./reader.ts";
import { numbers16, vector8, vector16 } from "./vector.ts";

/** ClientCertificateType (RFC 8422 §5.5, RFC 5246 §7.4.4). */
export const certificateTypeCode = { ecdsa: 64, rsa: 1 } as const;

/** CertificateRequest (RFC 5246 §7.4.4). Authorities mean nothing to self-signed certificates. */
export interface CertificateRequest {
  readonly types: readonly number[];
  readonly signatureSchemes: readonly number[];
}

/** With an empty list of authorities. */
export function encodeCertificateRequest(request: CertificateRequest): Uint8Array {
  return concat(
    vector8(Uint8Array.from(request.types)),
    vector16(numbers16(request.signatureSchemes)),
    vector16(),
  );
}

/** What the server takes; its authorities are passed over. */
export function decodeCertificateRequest(
  body: Uint8Array,
): Decoded<CertificateRequest, MessageFault> {
  const reader = new Reader(body);
  const types = [...reader.vector8()];
  const signatureSchemes = reader.numbers16();
  reader.vector16();
  return reader.isComplete ? decoded({ types, signatureSchemes }) : fault("malformed");
}
