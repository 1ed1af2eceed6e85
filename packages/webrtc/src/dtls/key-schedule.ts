import { concat } from "../wire/index.ts";
import { ChachaProtection, GcmProtection } from "./aead-protection.ts";
import { CbcProtection } from "./cbc-protection.ts";
import type { CipherSuite } from "./cipher-suite.ts";
import type { DtlsCrypto } from "./dtls-crypto.ts";
import { prf } from "./prf.ts";
import type { RecordProtection } from "./record-protection.ts";

/** RFC 5246 §8.1. */
const masterSecretLength = 48;

/** RFC 5246 §7.4.9. */
const verifyDataLength = 12;

/** The two hello randoms and the suite: what all keys are derived with. */
export interface KeyContext {
  readonly crypto: DtlsCrypto;
  readonly suite: CipherSuite;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
}

/** The master secret: bound to the whole handshake where both sides can (RFC 7627 §4), else to the randoms. */
export function masterSecret(
  context: KeyContext,
  premaster: Uint8Array,
  sessionHash: Uint8Array | undefined,
): Uint8Array {
  const { crypto, suite, clientRandom, serverRandom } = context;
  return sessionHash === undefined
    ? prf(
        crypto,
        suite.hash,
        premaster,
        "master secret",
        concat(clientRandom, serverRandom),
        masterSecretLength,
      )
    : prf(crypto, suite.hash, premaster, "extended master secret", sessionHash, masterSecretLength);
}

/** The client's and the server's half of the key block, each made into a record protection (RFC 5246 §6.3). */
export function recordProtections(
  context: KeyContext,
  master: Uint8Array,
  encryptThenMac: boolean,
): { readonly client: RecordProtection; readonly server: RecordProtection } {
  const { crypto, suite, clientRandom, serverRandom } = context;
  const { macKeyLength, keyLength, ivLength } = suite;
  const length = 2 * (macKeyLength + keyLength + ivLength);
  const seed = concat(serverRandom, clientRandom);
  const block = prf(crypto, suite.hash, master, "key expansion", seed, length);
  let at = 0;
  const pair = (each: number): readonly [Uint8Array, Uint8Array] => {
    const start = at;
    at += 2 * each;
    return [block.slice(start, start + each), block.slice(start + each, at)];
  };
  const macKeys = pair(macKeyLength);
  const keys = pair(keyLength);
  const ivs = pair(ivLength);
  const protection = (side: 0 | 1): RecordProtection => {
    switch (suite.cipher) {
      case "aes-128-cbc": {
        const cipher = crypto.aesCbc(keys[side]);
        return new CbcProtection(crypto, cipher, macKeys[side], encryptThenMac);
      }
      case "chacha20-poly1305":
        return new ChachaProtection(crypto.aead(suite.cipher, keys[side]), ivs[side]);
      default:
        return new GcmProtection(crypto.aead(suite.cipher, keys[side]), ivs[side]);
    }
  };
  return { client: protection(0), server: protection(1) };
}

/** What a Finished proves (RFC 5246 §7.4.9). */
export function verifyData(
  context: KeyContext,
  master: Uint8Array,
  side: "client" | "server",
  transcriptHash: Uint8Array,
): Uint8Array {
  const { crypto, suite } = context;
  return prf(crypto, suite.hash, master, `${side} finished`, transcriptHash, verifyDataLength);
}
