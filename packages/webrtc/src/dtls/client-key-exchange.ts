import { type Decoded, decoded, fault } from "../wire/index.ts";
import type { MessageFault } from "./handshake-message.ts";
import { Reader } from "./reader.ts";
import { vector8 } from "./vector.ts";

/** ClientKeyExchange of ECDHE: the client's public key (RFC 8422 §5.7). */
export function encodeClientKeyExchange(publicKey: Uint8Array): Uint8Array {
  return vector8(publicKey);
}

/** The client's public key, not yet known to be one. */
export function decodeClientKeyExchange(body: Uint8Array): Decoded<Uint8Array, MessageFault> {
  const reader = new Reader(body);
  const publicKey = reader.vector8();
  return reader.isComplete && publicKey.length > 0 ? decoded(publicKey) : fault("malformed");
}
