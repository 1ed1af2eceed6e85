import { concat, type Decoded, decoded, fault } from "../wire/index.ts";
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
    encodeExtensions(hello.extensions),
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
  const extensions = readExtensions(reader);
  if (!reader.isComplete || extensions === undefined || sessionId.length > 32) {
    return fault("malformed");
  }
  return decoded({ version, random, sessionId, cipherSuite, compressionMethod, extensions });
}
