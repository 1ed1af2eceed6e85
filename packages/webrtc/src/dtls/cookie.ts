import { type Crypto, concat, equalInConstantTime, type Instant, toUtf8 } from "../wire/index.ts";
import { type ClientHelloStart, decodeClientHelloStart } from "./client-hello.ts";
import {
  decodeFragments,
  encodeMessage,
  type HandshakeMessage,
  handshakeType,
} from "./handshake-message.ts";
import { encodeHelloVerifyRequest } from "./hello-verify-request.ts";
import {
  contentType,
  decodeRecord,
  dtls10,
  recordHeaderLength,
  writeRecordHeader,
} from "./record.ts";

/** How long a secret makes cookies; the one before it is still honoured. */
const rotationMs = 60_000;

const secretLength = 32;

/** What a server that keeps nothing does with a datagram from an address it does not know. */
export type CookieVerdict =
  /** Send this HelloVerifyRequest back and forget. */
  | { readonly type: "challenge"; readonly packet: Uint8Array }
  /** The address is real: make a connection and let it receive the datagram. */
  | { readonly type: "accept" }
  | { readonly type: "drop" };

/**
 * Proof of return path without state (RFC 6347 §4.2.1): a cookie is a MAC over the client's
 * address and random, so that a server allocates nothing for a spoofed address and sends it less
 * than it got. A hello in fragments is judged by the first of them. Not needed behind ICE, whose
 * checks prove the same. These are cookies of 1.2: the connections behind it have to be of 1.2 alone.
 */
export class CookieExchange {
  readonly #crypto: Crypto;
  #secret: Uint8Array;
  #previous: Uint8Array;
  #rotatedAt: Instant | undefined;

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
    this.#secret = crypto.random(secretLength);
    this.#previous = this.#secret;
  }

  /** Judges a datagram; `address` is any text that names where it came from. */
  judge(packet: Uint8Array, address: string, now: Instant): CookieVerdict {
    this.#rotate(now);
    const record = decodeRecord(packet, 0);
    if (!record.ok || record.value.type !== contentType.handshake || record.value.epoch !== 0) {
      return { type: "drop" };
    }
    const fragments = decodeFragments(record.value.fragment);
    const fragment = fragments.ok ? fragments.value[0] : undefined;
    if (fragment?.type !== handshakeType.clientHello || fragment.offset !== 0) {
      return { type: "drop" };
    }
    const hello = decodeClientHelloStart(fragment.bytes);
    if (hello === undefined) return { type: "drop" };
    if (this.#isValid(hello, address)) return { type: "accept" };
    const cookie = this.#mac(this.#secret, hello, address);
    const message = {
      type: handshakeType.helloVerifyRequest,
      sequence: fragment.sequence,
      body: encodeHelloVerifyRequest(cookie),
    };
    return { type: "challenge", packet: challenge(message, record.value.sequence) };
  }

  /** Whether the hello carries a cookie that we made for it and for this address. */
  #isValid(hello: ClientHelloStart, address: string): boolean {
    if (hello.cookie.length === 0) return false;
    return [this.#secret, this.#previous].some((secret) =>
      equalInConstantTime(hello.cookie, this.#mac(secret, hello, address)),
    );
  }

  #mac(secret: Uint8Array, hello: ClientHelloStart, address: string): Uint8Array {
    const from = concat(toUtf8(address), Uint8Array.of(0));
    return this.#crypto.hmac("sha256", secret, from, hello.identity);
  }

  #rotate(now: Instant): void {
    this.#rotatedAt ??= now;
    const age = now - this.#rotatedAt;
    if (age < rotationMs) return;
    const fresh = this.#crypto.random(secretLength);
    this.#previous = age < 2 * rotationMs ? this.#secret : fresh;
    this.#secret = fresh;
    this.#rotatedAt = now;
  }
}

/** The answer takes the record number of the question, since there is nowhere to count (RFC 6347 §4.2.1). */
function challenge(message: HandshakeMessage, sequence: number): Uint8Array {
  const bytes = encodeMessage(message);
  const packet = new Uint8Array(recordHeaderLength + bytes.length);
  writeRecordHeader(packet, 0, contentType.handshake, dtls10, 0, sequence, bytes.length);
  packet.set(bytes, recordHeaderLength);
  return packet;
}
