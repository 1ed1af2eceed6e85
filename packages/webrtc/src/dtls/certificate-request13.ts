import { concat, type Decoded, decoded, fault } from "../wire/index.ts";
import { encodeExtensions, readExtensions } from "./extensions.ts";
import type { MessageFault } from "./handshake-message.ts";
import { Reader } from "./reader.ts";
import { vector8 } from "./vector.ts";

/** CertificateRequest (RFC 8446 §4.3.2): which signatures the server takes. */
export interface CertificateRequest13 {
  readonly context: Uint8Array;
  readonly signatureSchemes: readonly number[];
}

/** With an empty context, as a handshake has it. */
export function encodeCertificateRequest13(signatureSchemes: readonly number[]): Uint8Array {
  const nothing = { extendedMasterSecret: false, encryptThenMac: false };
  return concat(vector8(), encodeExtensions({ ...nothing, signatureSchemes }, "server"));
}

/** A request has to say what signatures it takes. */
export function decodeCertificateRequest13(
  body: Uint8Array,
): Decoded<CertificateRequest13, MessageFault> {
  const reader = new Reader(body);
  const context = reader.vector8();
  const extensions = readExtensions(reader, "server");
  if (!reader.isComplete || extensions === undefined) return fault("malformed");
  const { signatureSchemes } = extensions;
  return signatureSchemes ? decoded({ context, signatureSchemes }) : fault("illegal");
}
