import {
  type Crypto,
  type Decoded,
  decoded,
  equalInConstantTime,
  fault,
  type Instant,
  readU16,
  readU32,
  readU48,
  writeU16,
  writeU32,
  writeU48,
} from "../wire/index.ts";
import type { Init } from "./init-chunk.ts";

/** All that is needed to set up the association again when the cookie comes back (RFC 9260 §5.1.3). */
export interface Cookie {
  readonly createdAt: Instant;
  readonly localTag: number;
  readonly localTsn: number;
  readonly peer: Init;
  /** The tags of the association that stood when the INIT came, or zeros (RFC 9260 §5.2.2). */
  readonly tieLocalTag: number;
  readonly tiePeerTag: number;
}

export type CookieFault = "bad-cookie" | "forged-cookie";

/** The state cookie: the association in a nutshell, under a MAC that only its maker can compute. */
export function encodeCookie(cookie: Cookie, crypto: Crypto, secret: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(bodyLength + macLength);
  const { peer } = cookie;
  writeU48(bytes, 0, Math.floor(1000 * cookie.createdAt));
  writeU32(bytes, 6, cookie.localTag);
  writeU32(bytes, 10, cookie.localTsn);
  writeU32(bytes, 14, peer.tag);
  writeU32(bytes, 18, peer.initialTsn);
  writeU32(bytes, 22, peer.window);
  writeU16(bytes, 26, peer.outboundStreams);
  writeU16(bytes, 28, peer.inboundStreams);
  writeU32(bytes, 30, cookie.tieLocalTag);
  writeU32(bytes, 34, cookie.tiePeerTag);
  bytes[38] =
    (peer.partialReliability ? 1 : 0) |
    (peer.reconfiguration ? 2 : 0) |
    (peer.interleaving ? 4 : 0) |
    (peer.zeroChecksum ? 8 : 0) |
    (peer.padding ? 16 : 0);
  bytes.set(crypto.hmac("sha256", secret, bytes.subarray(0, bodyLength)), bodyLength);
  return bytes;
}

/** The cookie of `bytes`, if it was made with this secret (RFC 9260 §5.1.5). */
export function decodeCookie(
  bytes: Uint8Array,
  crypto: Crypto,
  secret: Uint8Array,
): Decoded<Cookie, CookieFault> {
  if (bytes.length !== bodyLength + macLength) return fault("bad-cookie");
  const mac = crypto.hmac("sha256", secret, bytes.subarray(0, bodyLength));
  if (!equalInConstantTime(mac, bytes.subarray(bodyLength))) return fault("forged-cookie");
  const flags = bytes[38] as number;
  return decoded({
    createdAt: readU48(bytes, 0) / 1000,
    localTag: readU32(bytes, 6),
    localTsn: readU32(bytes, 10),
    peer: {
      tag: readU32(bytes, 14),
      initialTsn: readU32(bytes, 18),
      window: readU32(bytes, 22),
      outboundStreams: readU16(bytes, 26),
      inboundStreams: readU16(bytes, 28),
      partialReliability: (flags & 1) !== 0,
      reconfiguration: (flags & 2) !== 0,
      interleaving: (flags & 4) !== 0,
      zeroChecksum: (flags & 8) !== 0,
      padding: (flags & 16) !== 0,
      cookie: undefined,
      unrecognized: [],
    },
    tieLocalTag: readU32(bytes, 30),
    tiePeerTag: readU32(bytes, 34),
  });
}

const bodyLength = 40;
const macLength = 32;
