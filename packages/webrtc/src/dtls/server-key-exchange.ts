import { concat, type Decoded, decoded, fault } from "../wire/index.ts";
import { decodeDigitallySigned, encodeDigitallySigned } from "./digitally-signed.ts";
import type { MessageFault } from "./handshake-message.ts";
import { type NamedGroup, namedGroupCode, namedGroupOf } from "./named-group.ts";
import { Reader } from "./reader.ts";
import type { SignatureScheme } from "./signature-scheme.ts";
import { number16, vector8 } from "./vector.ts";

/** ECCurveType named_curve (RFC 8422 §5.4). */
const namedCurve = 3;

/** ServerKeyExchange of ECDHE (RFC 8422 §5.4). */
export interface ServerKeyExchange {
  readonly group: NamedGroup;
  readonly publicKey: Uint8Array;
  /** The part that is signed, after both randoms. */
  readonly params: Uint8Array;
  readonly scheme: SignatureScheme;
  readonly signature: Uint8Array;
}

/** ServerECDHParams (RFC 8422 §5.4). */
export function encodeServerParams(group: NamedGroup, publicKey: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(namedCurve), number16(namedGroupCode(group)), vector8(publicKey));
}

/** The parameters with their signature. */
export function encodeServerKeyExchange(
  params: Uint8Array,
  scheme: SignatureScheme,
  signature: Uint8Array,
): Uint8Array {
  return concat(params, encodeDigitallySigned(scheme, signature));
}

/** The server's key and its signature, neither of them checked yet. */
export function decodeServerKeyExchange(
  body: Uint8Array,
): Decoded<ServerKeyExchange, MessageFault> {
  const reader = new Reader(body);
  const curveType = reader.u8();
  const group = namedGroupOf(reader.u16());
  const publicKey = reader.vector8();
  const params = body.subarray(0, 4 + publicKey.length);
  const signed = decodeDigitallySigned(reader);
  if (!reader.isComplete || publicKey.length === 0) return fault("malformed");
  if (curveType !== namedCurve || group === undefined || signed === undefined) {
    return fault("illegal");
  }
  return decoded({ group, publicKey, params, ...signed });
}
