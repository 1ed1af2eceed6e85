import { concat, type Decoded, decoded, fault } from "../wire/index.ts";
import type { MessageFault } from "./handshake-message.ts";
import { Reader } from "./reader.ts";
import { dtls10 } from "./record.ts";
import { number16, vector8 } from "./vector.ts";

/** A server's wish to see a cookie before it keeps anything (RFC 6347 §4.2.1). */
export function encodeHelloVerifyRequest(cookie: Uint8Array): Uint8Array {
  // "server_version ... SHOULD be DTLS 1.0, regardless of the version that is to be negotiated".
  return concat(number16(dtls10), vector8(cookie));
}

/** The cookie that the server wants to see. */
export function decodeHelloVerifyRequest(body: Uint8Array): Decoded<Uint8Array, MessageFault> {
  const reader = new Reader(body);
  const version = reader.u16();
  const cookie = reader.vector8();
  if (!reader.isComplete) return fault("malformed");
  return version >>> 8 === 0xfe ? decoded(cookie) : fault("illegal");
}
