import { type Instant, readU32 } from "../wire/index.ts";
import type { AssociationCore, Identity } from "./association-core.ts";
import { CHUNK, encodeChunk } from "./chunk-type.ts";
import { type Cookie, decodeCookie, encodeCookie } from "./cookie.ts";
import { CAUSE, causeWord, encodeAbort, encodeError } from "./error-chunk.ts";
import { decodeInit, encodeInit, type Init } from "./init-chunk.ts";
import { encodeParameters } from "./parameters.ts";
import { rtoInitialMs, rtoMaxMs } from "./round-trip.ts";

/** INIT, INIT ACK, COOKIE ECHO, COOKIE ACK, in whatever order both sides send them (RFC 9260 §5). */
export class Handshake {
  readonly #core: AssociationCore;
  /** Under which cookies are made; it lives as long as the association. */
  readonly #secret: Uint8Array;
  #attempts = 0;
  #timeoutMs = rtoInitialMs;
  #initSentAt: Instant = 0;
  #cookieEcho: Uint8Array | undefined;

  constructor(core: AssociationCore) {
    this.#core = core;
    this.#secret = core.crypto.random(32);
  }

  /** Sends the first INIT. */
  start(now: Instant): void {
    this.#core.state = "cookie-wait";
    this.#attempts = 0;
    this.#sendInit(now);
  }

  /** T1-init or T1-cookie expired (RFC 9260 §4.4.1). */
  handleTimeout(now: Instant): void {
    this.#attempts += 1;
    if (this.#attempts > maxInitRetransmits) {
      this.#core.end("handshake-timeout");
      return;
    }
    this.#timeoutMs = Math.min(2 * this.#timeoutMs, rtoMaxMs);
    if (this.#core.state === "cookie-wait") this.#sendInit(now);
    else this.#sendCookieEcho(now);
  }

  /** INIT, in any state (RFC 9260 §5.1 B, §5.2.1, §5.2.2). The answer is all that is kept of it. */
  receiveInit(bytes: Uint8Array, at: number, length: number, now: Instant): void {
    const core = this.#core;
    const init = decodeInit(bytes, at, length);
    if (!init.ok) {
      const tag = length >= 8 ? readU32(bytes, at + 4) : 0;
      if (tag !== 0) core.sendAlone(tag, encodeAbort(undefined, false));
      return;
    }
    if (core.state === "shutdown-ack-sent") {
      // It waits for SHUTDOWN COMPLETE (RFC 9260 §9.2).
      core.send(encodeChunk(CHUNK.shutdownAck, 0, nothing));
      return;
    }
    // Before the association stands, each side answers with the tag that its own INIT has.
    const collides = core.state === "cookie-wait" || core.state === "cookie-echoed";
    const local = collides ? core.local : newIdentity(core);
    const cookie: Cookie = {
      createdAt: now,
      localTag: local.tag,
      localTsn: local.initialTsn,
      peer: init.value,
      tieLocalTag: core.peer === undefined ? 0 : core.local.tag,
      tiePeerTag: core.peer?.tag ?? 0,
    };
    const answer = encodeInit({
      ...core.describe(local),
      cookie: encodeCookie(cookie, core.crypto, this.#secret),
      unrecognized: init.value.unrecognized,
    });
    core.sendAlone(init.value.tag, answer);
  }

  /** INIT ACK (RFC 9260 §5.1 C); in any state but COOKIE-WAIT it is one too many (§5.2.3). */
  receiveInitAck(bytes: Uint8Array, at: number, length: number, now: Instant): void {
    const core = this.#core;
    if (core.state !== "cookie-wait") return;
    const init = decodeInit(bytes, at, length);
    if (!init.ok || init.value.cookie === undefined) {
      const tag = length >= 8 ? readU32(bytes, at + 4) : 0;
      core.sendAlone(tag, encodeAbort({ type: CAUSE.protocolViolation, value: nothing }, false));
      core.end("protocol-violation");
      return;
    }
    if (this.#attempts === 0) core.roundTrip.measure(now - this.#initSentAt, now);
    core.adopt(init.value);
    core.state = "cookie-echoed";
    this.#attempts = 0;
    this.#timeoutMs = core.roundTrip.rtoMs;
    const echo = encodeChunk(CHUNK.cookieEcho, 0, init.value.cookie);
    this.#cookieEcho = withUnrecognized(echo, init.value);
    this.#sendCookieEcho(now);
  }

  /** COOKIE ECHO (RFC 9260 §5.1 D, §5.2.4). Answers whether the rest of the packet may be read. */
  receiveCookieEcho(value: Uint8Array, packetTag: number, now: Instant): boolean {
    const core = this.#core;
    const opened = decodeCookie(value, core.crypto, this.#secret);
    if (!opened.ok || packetTag !== opened.value.localTag) return false;
    const cookie = opened.value;
    const localMatches = core.state !== "closed" && cookie.localTag === core.local.tag;
    const peerMatches = core.peer !== undefined && cookie.peer.tag === core.peer.tag;
    const staleness = now - cookie.createdAt - cookieLifeMs;
    if (staleness > 0 && !(localMatches && peerMatches)) {
      const microseconds = Math.min(staleness * 1000, 0xffff_ffff);
      const error = encodeError(CAUSE.staleCookie, causeWord(microseconds));
      core.sendAlone(cookie.peer.tag, error);
      return false;
    }
    if (core.state === "closed") return this.#accept(cookie, now, false);
    if (localMatches && peerMatches) return this.#again(now);
    // Both began at once (RFC 9260 §5.2.4, action B).
    if (localMatches && (core.state === "cookie-wait" || core.state === "cookie-echoed")) {
      return this.#accept(cookie, now, false);
    }
    const tied =
      core.peer !== undefined &&
      cookie.tieLocalTag === core.local.tag &&
      cookie.tiePeerTag === core.peer.tag;
    if (localMatches || peerMatches || !tied) return false;
    // The peer has started anew (RFC 9260 §5.2.4, action A).
    if (core.state === "shutdown-ack-sent") {
      core.send(encodeChunk(CHUNK.shutdownAck, 0, nothing));
      core.send(encodeError(CAUSE.cookieWhileShuttingDown, nothing));
      return false;
    }
    return this.#accept(cookie, now, true);
  }

  /** COOKIE ACK (RFC 9260 §5.1 E). */
  receiveCookieAck(now: Instant): void {
    if (this.#core.state === "cookie-echoed") this.#finish(now, false);
  }

  /** The peer found the cookie too old: begin anew (RFC 9260 §5.2.6, 1). */
  receiveStaleCookie(now: Instant): void {
    if (this.#core.state !== "cookie-echoed") return;
    this.#attempts += 1;
    if (this.#attempts > maxInitRetransmits) {
      this.#core.end("handshake-timeout");
      return;
    }
    this.#core.state = "cookie-wait";
    this.#core.peer = undefined;
    this.#sendInit(now);
  }

  #accept(cookie: Cookie, now: Instant, restarted: boolean): boolean {
    this.#core.local = { tag: cookie.localTag, initialTsn: cookie.localTsn };
    this.#core.adopt(cookie.peer);
    // From INIT ACK to COOKIE ECHO: the only round trip that this side has seen so far.
    if (!restarted) this.#core.roundTrip.measure(now - cookie.createdAt, now);
    this.#finish(now, restarted);
    this.#core.send(encodeChunk(CHUNK.cookieAck, 0, nothing));
    return true;
  }

  /** The same COOKIE ECHO once more, or the other of two that crossed (RFC 9260 §5.2.4, action D). */
  #again(now: Instant): boolean {
    if (this.#core.state === "cookie-wait") return false;
    if (this.#core.state === "cookie-echoed") this.#finish(now, false);
    this.#core.send(encodeChunk(CHUNK.cookieAck, 0, nothing));
    return true;
  }

  #finish(now: Instant, restarted: boolean): void {
    this.#core.timers.clear("t1");
    this.#cookieEcho = undefined;
    this.#core.state = "established";
    this.#core.established(now, restarted);
  }

  #sendInit(now: Instant): void {
    this.#initSentAt = now;
    // Alone, with tag zero and a checksum (RFC 9260 §8.5.1 A, RFC 9653 §5.2).
    this.#core.sendAlone(0, encodeInit(this.#core.describe(this.#core.local)));
    this.#core.timers.set("t1", now + this.#timeoutMs);
  }

  #sendCookieEcho(now: Instant): void {
    this.#core.sendAlone(this.#core.peer?.tag ?? 0, this.#cookieEcho ?? nothing);
    this.#core.timers.set("t1", now + this.#timeoutMs);
  }
}

/** A tag that nobody can guess and that is not zero, and a TSN to start from (RFC 9260 §5.3.1, §3.3.2). */
export function newIdentity({ crypto }: Pick<AssociationCore, "crypto">): Identity {
  const random = crypto.random(8);
  return { tag: readU32(random, 0) || 1, initialTsn: readU32(random, 4) };
}

/** What was not recognized in INIT ACK is reported beside COOKIE ECHO (RFC 9260 §3.2.2). */
function withUnrecognized(echo: Uint8Array, init: Init): Uint8Array {
  if (init.unrecognized.length === 0) return echo;
  const error = encodeError(CAUSE.unrecognizedParameters, encodeParameters(init.unrecognized));
  const both = new Uint8Array(echo.length + error.length);
  both.set(echo, 0);
  both.set(error, echo.length);
  return both;
}

const nothing = new Uint8Array(0);
/** Max.Init.Retransmits (RFC 9260 §16). */
const maxInitRetransmits = 8;
/** Valid.Cookie.Life (RFC 9260 §16). */
const cookieLifeMs = 60_000;
