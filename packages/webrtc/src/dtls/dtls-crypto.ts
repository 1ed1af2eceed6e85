import type { Aead, AeadAlgorithm, Crypto } from "../wire/index.ts";
import type { NamedGroup } from "./named-group.ts";
import type { SignatureScheme } from "./signature-scheme.ts";

/** The cryptography that DTLS needs beyond hashes. Nothing here throws for what a peer has sent. */
export interface DtlsCrypto extends Crypto {
  aead(algorithm: AeadAlgorithm, key: Uint8Array): Aead;
  aesCbc(key: Uint8Array): AesCbc;
  /** How record numbers are encrypted beside a cipher (RFC 9147 §4.2.3). */
  recordNumberMask(algorithm: AeadAlgorithm, key: Uint8Array): RecordNumberMask;
  /** A fresh key pair for one key exchange. */
  keyAgreement(group: NamedGroup): KeyAgreement;
  /** Whether `signature` over `data` was made by the key of a DER SubjectPublicKeyInfo. */
  verify(
    scheme: SignatureScheme,
    publicKey: Uint8Array,
    data: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

/** Makes the mask of a record's number from sixteen bytes of its ciphertext; two bytes of it are used. */
export type RecordNumberMask = (sample: Uint8Array) => Uint8Array;

/** One direction's AES-CBC under one key, without padding: whole blocks in, whole blocks out. */
export interface AesCbc {
  encrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
  decrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
}

/** Our half of a Diffie-Hellman exchange. */
export interface KeyAgreement {
  /** As it stands on the wire: an uncompressed point, or 32 bytes of X25519 (RFC 8422 §5.4). */
  readonly publicKey: Uint8Array;
  /** The shared secret; `undefined` where the peer's half is not a point, or one of small order. */
  agree(peer: Uint8Array): Uint8Array | undefined;
}

/** A long-term private key. It signs and is never seen. */
export interface SigningKey {
  readonly type: "ecdsa" | "rsa";
  /** DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). */
  readonly publicKey: Uint8Array;
  sign(scheme: SignatureScheme, data: Uint8Array): Uint8Array;
}

/** What an endpoint shows of itself: its certificate, the issuers' after it, and the key. */
export interface LocalCertificate {
  readonly chain: readonly Uint8Array[];
  readonly key: SigningKey;
}
