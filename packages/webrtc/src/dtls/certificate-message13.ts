import { concat, type Decoded, decoded, fault } from "../wire/index.ts";
import type { MessageFault } from "./handshake-message.ts";
import { Reader } from "./reader.ts";
import { vector8, vector16, vector24 } from "./vector.ts";

/** Longer chains than this are nobody's. */
const maxChain = 16;

/** Certificate (RFC 8446 §4.4.2), without extensions; `context` is the one of the request. */
export function encodeCertificateMessage13(
  chain: readonly Uint8Array[],
  context: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const entries = chain.map((certificate) => concat(vector24(certificate), vector16()));
  return concat(vector8(context), vector24(...entries));
}

/** The chain; empty where a client has nothing to show. In a handshake the context is empty. */
export function decodeCertificateMessage13(
  body: Uint8Array,
): Decoded<readonly Uint8Array[], MessageFault> {
  const reader = new Reader(body);
  const context = reader.vector8();
  const list = new Reader(reader.vector24());
  const chain: Uint8Array[] = [];
  while (list.hasMore) {
    const certificate = list.vector24();
    list.vector16();
    if (certificate.length === 0 || chain.length === maxChain) return fault("malformed");
    chain.push(certificate);
  }
  if (!reader.isComplete || !list.isComplete) return fault("malformed");
  return context.length === 0 ? decoded(chain) : fault("illegal");
}
