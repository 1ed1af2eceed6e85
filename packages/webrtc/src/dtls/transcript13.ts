import { type Crypto, concat, type HashAlgorithm, writeU24 } from "../wire/index.ts";
import { handshakeType } from "./handshake-message.ts";

/** All messages of a handshake in the form of TLS: without the fields of DTLS (RFC 9147 §5.2). */
export class Transcript13 {
  #messages: Uint8Array[] = [];

  add(message: { readonly type: number; readonly body: Uint8Array }): void {
    const header = new Uint8Array(4);
    header[0] = message.type;
    writeU24(header, 1, message.body.length);
    this.#messages.push(concat(header, message.body));
  }

  /** Puts a hash in the place of the first ClientHello (RFC 8446 §4.4.1). */
  replaceByHash(body: Uint8Array): void {
    this.#messages = [];
    this.add({ type: handshakeType.messageHash, body });
  }

  hash(crypto: Crypto, algorithm: HashAlgorithm): Uint8Array {
    return crypto.hash(algorithm, ...this.#messages);
  }

  /** Forgets everything. */
  clear(): void {
    this.#messages = [];
  }
}
