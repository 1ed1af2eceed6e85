import { type Crypto, concat, equalInConstantTime, type Instant, toUtf8 } from "../wire/index.ts";
import { encodeAlert, type SentAlert } from "./alert.ts";
import { cipherSuites13Named } from "./cipher-suite13.ts";
import {
  type ClientHelloStart,
  decodeClientHello,
  decodeClientHelloStart,
} from "./client-hello.ts";
import type { DtlsConfig } from "./dtls-config.ts";
import type { HandshakeSettings } from "./handshake.ts";
import {
  decodeFragments,
  encodeMessage,
  type HandshakeFragment,
  handshakeType,
} from "./handshake-message.ts";
import { HelloFragments } from "./hello-fragments.ts";
import { encodeHelloRetryRequest } from "./hello-retry-request.ts";
import { encodeHelloVerifyRequest } from "./hello-verify-request.ts";
import { chooseKeys13 } from "./key-choice13.ts";
import { namedGroupsNamed } from "./named-group.ts";
import {
  contentType,
  decodeRecord,
  dtls10,
  dtls12,
  dtls13,
  recordHeaderLength,
  writeRecordHeader,
} from "./record.ts";
import { decodeRetryCookie, encodeRetryCookie, type RetriedHello } from "./retry-cookie.ts";
import { RotatingSecret } from "./rotating-secret.ts";
import { Transcript13 } from "./transcript13.ts";

/** What a server that keeps nothing does with a datagram from an address it does not know. */
export type CookieVerdict =
  /** Send this HelloVerifyRequest or HelloRetryRequest back and forget. */
  | { readonly type: "challenge"; readonly packet: Uint8Array }
  /** Send this alert back and forget: there is nothing in the hello that we speak, or its cookie is stale. */
  | { readonly type: "refuse"; readonly packet: Uint8Array }
  /**
   * The address is real: make a connection, with `retried` where that is given, and let it receive
   * the datagram, or this one in its place.
   */
  | { readonly type: "accept"; readonly retried?: RetriedHello; readonly packet?: Uint8Array }
  | { readonly type: "drop" };

/** What the connections behind a cookie exchange speak, in the words of their own configuration. */
export type CookieSettings = Pick<DtlsConfig, "versions" | "cipherSuites" | "groups">;

/** A ClientHello from an address that we do not know, as far as we have it. */
interface Question {
  readonly fragment: HandshakeFragment;
  readonly start: ClientHelloStart;
  readonly address: string;
  /** Of its record; the answer takes the same, since there is nowhere to count (RFC 6347 §4.2.1). */
  readonly number: number;
}

/**
 * Proof of return path without state (RFC 9147 §5.1, RFC 6347 §4.2.1): a cookie is a MAC over the
 * client's address and random, so that a server allocates nothing for a spoofed address. Not needed
 * behind ICE, whose checks prove the same.
 *
 * A hello of 1.3 is asked for a cookie by a HelloRetryRequest, and the cookie also holds what the
 * handshake has to know of both. For that the hello has to be whole: where 1.3 is spoken, those in
 * fragments share one small memory until they are. A hello of 1.2 is asked by a HelloVerifyRequest,
 * and where only that is spoken the first fragment says all.
 */
export class CookieExchange {
  readonly #crypto: Crypto;
  readonly #secret: RotatingSecret;
  readonly #fragments = new HelloFragments();
  readonly #speaks12: boolean;
  readonly #settings: Pick<HandshakeSettings, "suites13" | "groups">;

  /** Without settings the connections behind it have to be of 1.2 alone. */
  constructor(crypto: Crypto, settings: CookieSettings = { versions: ["1.2"] }) {
    const { versions = ["1.3", "1.2"], cipherSuites, groups } = settings;
    this.#crypto = crypto;
    this.#secret = new RotatingSecret(crypto);
    this.#speaks12 = versions.includes("1.2");
    this.#settings = {
      suites13: versions.includes("1.3") ? cipherSuites13Named(cipherSuites) : [],
      groups: namedGroupsNamed(groups),
    };
  }

  /** Judges a datagram; `address` is any text that names where it came from. */
  judge(packet: Uint8Array, address: string, now: Instant): CookieVerdict {
    this.#secret.rotate(now);
    const piece = pieceIn(packet);
    if (piece === undefined) return { type: "drop" };
    const { fragment, number } = piece;
    const isWhole = fragment.bytes.length === fragment.length;
    if (isWhole || !this.#speaks13 || showsOldCookie(fragment)) {
      return this.#judge({ fragment, address, number });
    }
    const hello = this.#fragments.add(fragment, address, now);
    if (hello === undefined) return { type: "drop" };
    const { type, sequence, body } = hello;
    const whole = { type, sequence, length: body.length, offset: 0, bytes: body };
    const verdict = this.#judge({ fragment: whole, address, number });
    if (verdict.type !== "accept") return verdict;
    const bytes = encodeMessage(hello);
    return { ...verdict, packet: inRecord(contentType.handshake, dtls12, number, bytes) };
  }

  get #speaks13(): boolean {
    return this.#settings.suites13.length > 0;
  }

  #judge(asked: Omit<Question, "start">): CookieVerdict {
    const start = startOf(asked.fragment);
    if (start === undefined) return { type: "drop" };
    const question = { ...asked, start };
    const isOld = !this.#speaks13 || start.cookie.length > 0;
    return isOld ? this.#judge12(question) : this.#judge13(question);
  }

  /** A whole hello without a cookie of 1.2. */
  #judge13(question: Question): CookieVerdict {
    const { fragment } = question;
    const hello = decodeClientHello(fragment.bytes);
    if (!hello.ok || !hello.value.extensions.supportedVersions?.includes(dtls13)) {
      return this.#judge12(question);
    }
    const { cookie } = hello.value.extensions;
    if (cookie !== undefined) {
      const retried = this.#retried(cookie, question);
      // Which lets the client begin from scratch (RFC 9147 §5.1).
      return retried ? { type: "accept", retried } : refusal("illegal_parameter", question);
    }
    if (fragment.sequence > 0) return { type: "drop" };
    const choice = chooseKeys13(this.#settings, hello.value);
    if (typeof choice === "string") return refusal(choice, question);
    const { suite, share } = choice;
    const group = share === undefined ? choice.group : undefined;
    const helloHash = this.#hashOf(fragment, suite.hash);
    const made = encodeRetryCookie({ suite, group, helloHash }, (content) =>
      this.#mac(this.#secret.newest, question, content),
    );
    const body = encodeHelloRetryRequest({ suite, group, cookie: made });
    return challenge(handshakeType.serverHello, body, question);
  }

  #judge12(question: Question): CookieVerdict {
    if (!this.#speaks12) return { type: "drop" };
    const { cookie } = question.start;
    if (cookie.length > 0) {
      const isOurs = this.#secret.honoured.some((secret) =>
        equalInConstantTime(cookie, this.#mac(secret, question)),
      );
      if (isOurs) return { type: "accept" };
    }
    const body = encodeHelloVerifyRequest(this.#mac(this.#secret.newest, question));
    return challenge(handshakeType.helloVerifyRequest, body, question);
  }

  /** What a cookie brings back, where we made it for this hello and this address. */
  #retried(cookie: Uint8Array, question: Question): RetriedHello | undefined {
    const decoded = decodeRetryCookie(cookie);
    if (!decoded.ok) return undefined;
    const { retried, content, mac } = decoded.value;
    const isOurs = this.#secret.honoured.some((secret) =>
      equalInConstantTime(mac, this.#mac(secret, question, content).subarray(0, mac.length)),
    );
    return isOurs ? { ...retried, recordNumber: question.number } : undefined;
  }

  #mac(secret: Uint8Array, { address, start }: Question, ...content: Uint8Array[]): Uint8Array {
    const from = concat(toUtf8(address), Uint8Array.of(0));
    return this.#crypto.hmac("sha256", secret, from, start.identity, ...content);
  }

  #hashOf({ type, bytes }: HandshakeFragment, algorithm: "sha256" | "sha384"): Uint8Array {
    const transcript = new Transcript13();
    transcript.add({ type, body: bytes });
    return transcript.hash(this.#crypto, algorithm);
  }
}

function startOf({ offset, bytes }: HandshakeFragment): ClientHelloStart | undefined {
  return offset === 0 ? decodeClientHelloStart(bytes) : undefined;
}

/** A first fragment with a cookie of 1.2 says all that there is to say. */
function showsOldCookie(fragment: HandshakeFragment): boolean {
  const start = startOf(fragment);
  return start !== undefined && start.cookie.length > 0;
}

function pieceIn(packet: Uint8Array): Pick<Question, "fragment" | "number"> | undefined {
  const record = decodeRecord(packet, 0);
  if (!record.ok || record.value.type !== contentType.handshake || record.value.epoch !== 0) {
    return undefined;
  }
  const fragments = decodeFragments(record.value.fragment);
  const fragment = fragments.ok ? fragments.value[0] : undefined;
  if (fragment?.type !== handshakeType.clientHello) return undefined;
  return { fragment, number: record.value.sequence };
}

function challenge(type: number, body: Uint8Array, question: Question): CookieVerdict {
  const is12 = type === handshakeType.helloVerifyRequest;
  const { sequence } = question.fragment;
  const bytes = encodeMessage({ type, sequence, body });
  const version = is12 ? dtls10 : dtls12;
  const packet = inRecord(contentType.handshake, version, question.number, bytes);
  return { type: "challenge", packet };
}

function refusal(alert: SentAlert, question: Question): CookieVerdict {
  const bytes = encodeAlert("fatal", alert);
  return { type: "refuse", packet: inRecord(contentType.alert, dtls12, question.number, bytes) };
}

function inRecord(
  type: number,
  version: typeof dtls10 | typeof dtls12,
  sequence: number,
  bytes: Uint8Array,
): Uint8Array {
  const packet = new Uint8Array(recordHeaderLength + bytes.length);
  writeRecordHeader(packet, 0, type, version, 0, sequence, bytes.length);
  packet.set(bytes, recordHeaderLength);
  return packet;
}
