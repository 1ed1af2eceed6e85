import { concat, type Decoded, decoded, equal, fault } from "../wire/index.ts";
import { randomLength } from "./client-hello.ts";
import {
  encodeExtensions,
  type HelloExtensions,
  readExtensions,
  type SentExtensions,
} from "./extensions.ts";
import type { MessageFault } from "./handshake-message.ts";
import { Reader } from "./reader.ts";
import { number16, vector8 } from "./vector.ts";

/** Ends the random of a server that speaks 1.3 and was not asked to (RFC 8446 §4.1.3): "DOWNGRD", 1. */
const downgradeSentinel = Uint8Array.of(0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 1);

/** The random of a HelloRetryRequest: SHA-256 of that name (RFC 8446 §4.1.3). */
export const retryRandom: Uint8Array = Uint8Array.of(
  ...[
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
  ],
  ...[
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
  ],
);

/** Whether a ServerHello is a HelloRetryRequest. */
export function isRetryRequest(random: Uint8Array): boolean {
  return equal(random, retryRandom);
}

/** A random of such a server. */
export function downgraded(random: Uint8Array): Uint8Array {
  const marked = random.slice();
  marked.set(downgradeSentinel, randomLength - downgradeSentinel.length);
  return marked;
}

/** Whether a random says that its server speaks 1.3. */
export function isDowngrade(random: Uint8Array): boolean {
  return equal(random.subarray(randomLength - downgradeSentinel.length), downgradeSentinel);
}

/** ServerHello (RFC 5246 §7.4.1.3). */
export interface ServerHello {
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuite: number;
  readonly compressionMethod: number;
  readonly extensions: HelloExtensions;
}

/** A ServerHello to send. */
export type SentServerHello = Omit<ServerHello, "extensions"> & {
  readonly extensions: SentExtensions;
};

/** The body of a ServerHello. */
export function encodeServerHello(hello: SentServerHello): Uint8Array {
  return concat(
    number16(hello.version),
    hello.random,
    vector8(hello.sessionId),
    number16(hello.cipherSuite),
    Uint8Array.of(hello.compressionMethod),
    encodeExtensions(hello.extensions, "server"),
  );
}

/** A whole ServerHello, every extension that we know looked into. */
export function decodeServerHello(body: Uint8Array): Decoded<ServerHello, MessageFault> {
  const reader = new Reader(body);
  const version = reader.u16();
  const random = reader.bytes(randomLength);
  const sessionId = reader.vector8();
  const cipherSuite = reader.u16();
  const compressionMethod = reader.u8();
  const extensions = readExtensions(reader, "server");
  if (!reader.isComplete || extensions === undefined || sessionId.length > 32) {
    return fault("malformed");
  }
  return decoded({ version, random, sessionId, cipherSuite, compressionMethod, extensions });
}
