import { p256 } from "@noble/curves/nist.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";

/** The side of RFC 9382 §3.1: A has made the code, B was told it. */
export type Spake2Side = "A" | "B";

export interface Spake2Options {
  readonly side: Spake2Side;
  /** `w`, from the password; see `passwordScalar`. */
  readonly password: bigint;
  readonly identities: { readonly A: string; readonly B: string };
  /** `x` or `y`; random unless told, which only tests do. */
  readonly secret?: bigint;
}

/** What both sides show each other to prove that they have the same key: 32 bytes each. */
export interface Confirmations {
  readonly A: Uint8Array;
  readonly B: Uint8Array;
}

/**
 * One run of SPAKE2 (RFC 9382) with P-256, SHA-256, HKDF and HMAC: two sides that know the same short
 * password agree on a key. Who does not know it can try one password in one run and learns nothing
 * that can be tried out elsewhere; that holds for the server and for everybody in between.
 */
export class Spake2 {
  readonly #options: Spake2Options;
  readonly #secret: bigint;
  /** `pA` or `pB`, 65 bytes, for the other side. */
  readonly share: Uint8Array;

  constructor(options: Spake2Options) {
    const { side, password, secret = randomScalar() } = options;
    this.#options = options;
    this.#secret = secret;
    const blind = side === "A" ? M : N;
    this.share = Point.BASE.multiply(secret).add(blind.multiply(password)).toBytes(false);
  }

  /**
   * What each side confirms with, once the other's share is there; `undefined` where that is none.
   * `context` is the AAD of §4: both sides end with the same confirmations only if they have put in
   * the same.
   */
  confirmations(theirShare: Uint8Array, context: Uint8Array): Confirmations | undefined {
    const { side, password, identities } = this.#options;
    const theirs = pointOf(theirShare);
    if (theirs === undefined) return undefined;
    const unblinded = theirs.subtract((side === "A" ? N : M).multiply(password));
    // The cofactor h of P-256 is 1; the point at infinity would be everybody's key.
    if (unblinded.is0()) return undefined;
    const key = unblinded.multiply(this.#secret).toBytes(false);
    const [pA, pB] = side === "A" ? [this.share, theirShare] : [theirShare, this.share];
    const transcript = concatBytes(
      ...[utf8(identities.A), utf8(identities.B), pA, pB, key, scalarBytes(password)].flatMap(
        (part) => [lengthOf(part), part],
      ),
    );
    const authentication = sha256(transcript).subarray(16);
    const info = concatBytes(utf8("ConfirmationKeys"), context);
    const keys = expand(sha256, extract(sha256, authentication), info, 32);
    return {
      A: hmac(sha256, keys.subarray(0, 16), transcript),
      B: hmac(sha256, keys.subarray(16), transcript),
    };
  }
}

/**
 * `w` of a password. Without a slow function in between: codes are random, hold for one transfer, and
 * are stored nowhere, so there is nothing that a slow one would protect.
 */
export function passwordScalar(password: string): bigint {
  const bytes = expand(sha256, extract(sha256, utf8(password)), utf8("tincan-code-1"), 48);
  // 384 bits: the remainder is as good as even (RFC 9380 §5).
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) % Point.Fn.ORDER;
}

const { Point } = p256;

/** RFC 9382 §4 */
const M = Point.fromHex("02886e2f97ace46e55ba9dd7242579f2993b64e16ef3dcab95afd497333d8fa12f");
const N = Point.fromHex("03d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49");

function randomScalar(): bigint {
  return Point.Fn.fromBytes(p256.utils.randomSecretKey());
}

function pointOf(bytes: Uint8Array): typeof M | undefined {
  try {
    return Point.fromBytes(bytes);
  } catch {
    // Not on the curve, or no point at all.
    return undefined;
  }
}

function scalarBytes(scalar: bigint): Uint8Array {
  return Point.Fn.toBytes(scalar);
}

/** Eight bytes, little-endian (RFC 9382 §3.3). */
function lengthOf(part: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(part.length), true);
  return bytes;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
