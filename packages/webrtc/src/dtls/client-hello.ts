import { concat, type Decoded, decoded, fault } from "../wire/index.ts";
import {
  encodeExtensions,
  type HelloExtensions,
  readExtensions,
  type SentExtensions,
} from "./extensions.ts";
import type { MessageFault } from "./handshake-message.ts";
import { Reader } from "./reader.ts";
import { number16, numbers16, vector8, vector16 } from "./vector.ts";

/** RFC 5246 §7.4.1.2. */
export const randomLength = 32;

/** ClientHello (RFC 6347 §4.2.1). */
export interface ClientHello {
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cookie: Uint8Array;
  readonly cipherSuites: readonly number[];
  readonly compressionMethods: readonly number[];
  readonly extensions: HelloExtensions;
}

/** A ClientHello to send. */
export type SentClientHello = Omit<ClientHello, "extensions"> & {
  readonly extensions: SentExtensions;
};

/** The body of a ClientHello. */
export function encodeClientHello(hello: SentClientHello): Uint8Array {
  return concat(
    number16(hello.version),
    hello.random,
    vector8(hello.sessionId),
    vector8(hello.cookie),
    vector16(numbers16(hello.cipherSuites)),
    vector8(Uint8Array.from(hello.compressionMethods)),
    encodeExtensions(hello.extensions),
  );
}

/** A whole ClientHello, every extension that we know looked into. */
export function decodeClientHello(body: Uint8Array): Decoded<ClientHello, MessageFault> {
  const reader = new Reader(body);
  const version = reader.u16();
  const random = reader.bytes(randomLength);
  const sessionId = reader.vector8();
  const cookie = reader.vector8();
  const suites = reader.numbers16();
  const compressionMethods = [...reader.vector8()];
  const extensions = readExtensions(reader);
  if (!reader.isComplete || extensions === undefined) return fault("malformed");
  if (sessionId.length > 32 || suites.length === 0 || compressionMethods.length === 0) {
    return fault("malformed");
  }
  return decoded({
    version,
    random,
    sessionId,
    cookie,
    cipherSuites: suites,
    compressionMethods,
    extensions,
  });
}

/** What stands first in a ClientHello, and so also in its first fragment. */
export interface ClientHelloStart {
  /** version, random and session_id as they stand there: whose hello it is. */
  readonly identity: Uint8Array;
  readonly cookie: Uint8Array;
}

/** Reads no further than the cookie; a hello of today does not fit one datagram. */
export function decodeClientHelloStart(bytes: Uint8Array): ClientHelloStart | undefined {
  const sessionIdLength = bytes[2 + randomLength] ?? 0;
  const cookieAt = 2 + randomLength + 1 + sessionIdLength;
  const cookieLength = bytes[cookieAt];
  if (cookieLength === undefined || cookieAt + 1 + cookieLength > bytes.length) return undefined;
  const identity = bytes.subarray(0, cookieAt);
  return { identity, cookie: bytes.subarray(cookieAt + 1, cookieAt + 1 + cookieLength) };
}
