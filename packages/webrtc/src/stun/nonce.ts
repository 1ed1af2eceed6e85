import {
  type Crypto,
  equalInConstantTime,
  formatAddress,
  type Instant,
  type TransportAddress,
  toUtf8,
  writeU48,
} from "../wire/index.ts";
import { fromBase64, toBase64 } from "./base64.ts";

/** What a server says that it can do, in the nonce, where nobody can strip it off (RFC 8489 §9.2). */
export interface SecurityFeatures {
  /** PASSWORD-ALGORITHMS came with the nonce: bit 0. */
  readonly passwordAlgorithms: boolean;
  /** USERHASH may stand in for USERNAME: bit 1. */
  readonly usernameAnonymity: boolean;
}

/** The text with which a nonce starts that carries security features (RFC 8489 §9.2). */
export const nonceCookie = "obMatJos2";

/**
 * The security features in a nonce, or `undefined` where it carries none (RFC 8489 §9.2). Bits count
 * from the least significant on, as erratum 6290 corrects §18.1 and as appendix B.1 has it.
 */
export function securityFeatures(nonce: string): SecurityFeatures | undefined {
  if (!nonce.startsWith(nonceCookie)) return undefined;
  const bits = fromBase64(nonce.slice(nonceCookie.length, cookieLength));
  if (bits?.length !== 3) return undefined;
  const last = bits[2] as number;
  return { passwordAlgorithms: (last & 1) !== 0, usernameAnonymity: (last & 2) !== 0 };
}

/** How a server's nonces are made. */
export interface NonceOptions extends SecurityFeatures {
  readonly crypto: Crypto;
  /** After how long a nonce is stale; ten minutes by default, coturn's `stale-nonce`. */
  readonly lifetimeMs?: number;
}

/**
 * Nonces that need no memory: the time of issue, and a keyed hash over it, the client's address and
 * the security features. A server can tell its own, unaltered and fresh ones without a table
 * that a flood could fill, and two clients never get the same (RFC 8489 §9.2.4). They are 24
 * characters long, because every byte of a challenge is a byte that a spoofed request reflects.
 */
export class NonceIssuer {
  readonly #crypto: Crypto;
  readonly #secret: Uint8Array;
  readonly #cookie: string;
  readonly #lifetimeMs: number;

  constructor(options: NonceOptions) {
    this.#crypto = options.crypto;
    this.#secret = options.crypto.random(32);
    this.#lifetimeMs = options.lifetimeMs ?? 600_000;
    const bits = (options.passwordAlgorithms ? 1 : 0) | (options.usernameAnonymity ? 2 : 0);
    this.#cookie = nonceCookie + toBase64(Uint8Array.of(0, 0, bits));
  }

  issue(client: TransportAddress, now: Instant): string {
    const second = Math.floor(now / 1000);
    return this.#cookie + toBase64(this.#token(client, second));
  }

  /** Whether a nonce was issued here, for this client, and not too long ago. */
  isValid(nonce: string, client: TransportAddress, now: Instant): boolean {
    if (nonce.length !== nonceLength || !nonce.startsWith(this.#cookie)) return false;
    const token = fromBase64(nonce.slice(cookieLength));
    if (token?.length !== tokenLength) return false;
    const low = ((token[0] as number) << 8) | (token[1] as number);
    const second = Math.floor(now / 1000);
    const age = (second - low) & 0xffff;
    if (age * 1000 > this.#lifetimeMs) return false;
    return equalInConstantTime(token, this.#token(client, second - age));
  }

  /** Two bytes of the second of issue, and six of the hash over all of it. */
  #token(client: TransportAddress, second: number): Uint8Array {
    const time = new Uint8Array(6);
    // The clock's zero means nothing; it may be negative.
    writeU48(time, 0, ((second % wrap) + wrap) % wrap);
    const text = toUtf8(this.#cookie + formatAddress(client));
    const mac = this.#crypto.hmac("sha256", this.#secret, time, text);
    const token = new Uint8Array(tokenLength);
    token.set(time.subarray(4), 0);
    token.set(mac.subarray(0, tokenLength - 2), 2);
    return token;
  }
}

/** The cookie and four characters for 24 bits of features. */
const cookieLength = nonceCookie.length + 4;

const tokenLength = 8;

/** The token is eleven characters of base64 without padding. */
const nonceLength = cookieLength + 11;

const wrap = 2 ** 48;
