import { type Crypto, writeU16, writeU32 } from "../wire/index.ts";
import type { Attribute } from "./attribute.ts";
import {
  fingerprintValue,
  integrityLength,
  integritySha256Length,
  integrityValue,
} from "./integrity.ts";
import {
  fingerprintType,
  headerLength,
  integritySha256Type,
  integrityType,
  type MessageClass,
  magicCookie,
  messageType,
  type StunMessage,
} from "./message.ts";

/**
 * Writes STUN messages, one after the other, into one buffer (the caller's, or its own). What
 * `finish` answers is a view, good until the next message is begun; `finishCopy` gives a copy.
 */
export class MessageWriter {
  #buffer: Uint8Array;
  #length = 0;

  constructor(buffer: Uint8Array = new Uint8Array(initialSize)) {
    this.#buffer = buffer.length < headerLength ? new Uint8Array(initialSize) : buffer;
  }

  /** Begins a message with the cookie and a transaction id of twelve bytes (RFC 8489 §5). */
  begin(method: number, messageClass: MessageClass, transactionId: Uint8Array): this {
    writeU32(this.#buffer, 4, magicCookie);
    this.#buffer.set(transactionId.subarray(0, 12), 8);
    return this.#start(method, messageClass);
  }

  /** Begins the answer to a request: same method, same transaction, and no cookie where it had none. */
  beginResponse(request: StunMessage, messageClass: "success" | "error"): this {
    this.#buffer.set(request.bytes.subarray(4, headerLength), 4);
    return this.#start(request.method, messageClass);
  }

  /** Appends an attribute and pads it with zeros to four bytes (RFC 8489 §14). */
  add<Value>(attribute: Attribute<Value>, value: Value): this {
    const size = attribute.size(value);
    const at = this.#append(attribute.type, size);
    attribute.write(this.#buffer, at, value);
    return this;
  }

  /** Appends MESSAGE-INTEGRITY (RFC 8489 §14.5); only the SHA-256 one and FINGERPRINT may follow. */
  addIntegrity(crypto: Crypto, key: Uint8Array): this {
    const at = this.#length;
    const value = integrityValue(crypto, "sha1", key, this.#buffer, at, integrityLength);
    this.#append(integrityType, integrityLength);
    this.#buffer.set(value, at + 4);
    return this;
  }

  /** Appends MESSAGE-INTEGRITY-SHA256 (RFC 8489 §14.6); only FINGERPRINT may follow. */
  addIntegritySha256(
    crypto: Crypto,
    key: Uint8Array,
    length: number = integritySha256Length,
  ): this {
    const at = this.#length;
    const value = integrityValue(crypto, "sha256", key, this.#buffer, at, length);
    this.#append(integritySha256Type, length);
    this.#buffer.set(value, at + 4);
    return this;
  }

  /** Appends FINGERPRINT (RFC 8489 §14.7); nothing may follow. */
  addFingerprint(): this {
    const at = this.#append(fingerprintType, 4);
    writeU32(this.#buffer, at, fingerprintValue(this.#buffer, at - 4));
    return this;
  }

  /** How long the message is so far, header included. */
  get length(): number {
    return this.#length;
  }

  /** The message, as a view that the next `begin` overwrites. */
  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** The message, as bytes of its own. */
  finishCopy(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  #start(method: number, messageClass: MessageClass): this {
    writeU16(this.#buffer, 0, messageType(method, messageClass));
    writeU16(this.#buffer, 2, 0);
    this.#length = headerLength;
    return this;
  }

  /** Writes an attribute's head and padding and moves the message's length; answers where its value goes. */
  #append(type: number, size: number): number {
    const at = this.#length;
    const end = at + 4 + ((size + 3) & ~3);
    if (end > this.#buffer.length) this.#grow(end);
    writeU16(this.#buffer, at, type);
    writeU16(this.#buffer, at + 2, size);
    this.#buffer.fill(0, at + 4 + size, end);
    this.#length = end;
    writeU16(this.#buffer, 2, end - headerLength);
    return at + 4;
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

/** Most messages fit; a longer one makes the buffer grow. */
const initialSize = 1500;
