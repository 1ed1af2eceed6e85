import { type Decoded, decoded, fault } from "../wire/index.ts";
import type { MessageFault } from "./handshake-message.ts";
import { Reader } from "./reader.ts";
import { vector24 } from "./vector.ts";

/** Longer chains than this are nobody's. */
const maxChain = 16;

/** Certificate (RFC 5246 §7.4.2): the sender's own first, each in DER. */
export function encodeCertificateMessage(chain: readonly Uint8Array[]): Uint8Array {
  return vector24(...chain.map((certificate) => vector24(certificate)));
}

/** The chain; empty where a client has nothing to show. */
export function decodeCertificateMessage(
  body: Uint8Array,
): Decoded<readonly Uint8Array[], MessageFault> {
  const reader = new Reader(body);
  const list = new Reader(reader.vector24());
  const chain: Uint8Array[] = [];
  while (list.hasMore) {
    const certificate = list.vector24();
    if (certificate.length === 0 || chain.length === maxChain) return fault("malformed");
    chain.push(certificate);
  }
  return reader.isComplete && list.isComplete ? decoded(chain) : fault("malformed");
}
