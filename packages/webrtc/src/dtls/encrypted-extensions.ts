import { type Decoded, decoded, fault } from "../wire/index.ts";
import {
  encodeExtensions,
  type HelloExtensions,
  readExtensions,
  type SentExtensions,
} from "./extensions.ts";
import type { MessageFault } from "./handshake-message.ts";
import { Reader } from "./reader.ts";

/** EncryptedExtensions (RFC 8446 §4.3.1): what a server answers to beside the key exchange. */
export function encodeEncryptedExtensions(
  extensions: Pick<SentExtensions, "useSrtp" | "alpn">,
): Uint8Array {
  const nothing = { extendedMasterSecret: false, encryptThenMac: false };
  const block = encodeExtensions({ ...nothing, ...extensions }, "server");
  // Here the block stands there even where it is empty.
  return block.length === 0 ? new Uint8Array(2) : block;
}

/** The server's answers, not yet held against what it was asked. */
export function decodeEncryptedExtensions(
  body: Uint8Array,
): Decoded<HelloExtensions, MessageFault> {
  const reader = new Reader(body);
  const extensions = reader.hasMore ? readExtensions(reader, "server") : undefined;
  return reader.isComplete && extensions ? decoded(extensions) : fault("malformed");
}
