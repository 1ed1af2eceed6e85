import { type Crypto, concat, type HashAlgorithm } from "../wire/index.ts";
import { encodeMessage, type HandshakeMessage } from "./handshake-message.ts";

/**
 * All messages of a handshake as if none had been fragmented (RFC 6347 §4.2.6). Bounded by what a
 * handshake takes in: each message once, each of bounded length.
 */
export class Transcript {
  #messages: Uint8Array[] = [];

  add(message: HandshakeMessage): void {
    this.#messages.push(encodeMessage(message));
  }

  /** Forgets everything: a first ClientHello and its HelloVerifyRequest do not count. */
  clear(): void {
    this.#messages = [];
  }

  bytes(): Uint8Array {
    return concat(...this.#messages);
  }

  hash(crypto: Crypto, algorithm: HashAlgorithm): Uint8Array {
    return crypto.hash(algorithm, ...this.#messages);
  }
}
