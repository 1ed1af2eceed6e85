import type { Crypto } from "../wire/index.ts";
import type { CipherSuite13 } from "./cipher-suite13.ts";
import { hkdfExpandLabel, hkdfExtract } from "./hkdf.ts";

/** The secrets of both directions in one epoch. */
export interface TrafficSecrets {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

const nothing: Uint8Array = new Uint8Array(0);

/** The key schedule of a handshake without PSK (RFC 8446 §7.1). */
export class KeySchedule13 {
  readonly #crypto: Crypto;
  readonly #suite: CipherSuite13;
  readonly #handshakeSecret: Uint8Array;

  constructor(crypto: Crypto, suite: CipherSuite13, shared: Uint8Array) {
    this.#crypto = crypto;
    this.#suite = suite;
    const zeros = new Uint8Array(suite.hashLength);
    const early = hkdfExtract(crypto, suite.hash, zeros, zeros);
    this.#handshakeSecret = hkdfExtract(crypto, suite.hash, this.#derived(early), shared);
  }

  /** The keys of epoch 2, by the transcript up to ServerHello. */
  handshakeSecrets(transcriptHash: Uint8Array): TrafficSecrets {
    return {
      client: this.#derive(this.#handshakeSecret, "c hs traffic", transcriptHash),
      server: this.#derive(this.#handshakeSecret, "s hs traffic", transcriptHash),
    };
  }

  /** The keys of epoch 3 and the exporter's, by the transcript up to the server's Finished. */
  applicationSecrets(
    transcriptHash: Uint8Array,
  ): TrafficSecrets & { readonly exporter: Uint8Array } {
    const { hash, hashLength } = this.#suite;
    const salt = this.#derived(this.#handshakeSecret);
    const master = hkdfExtract(this.#crypto, hash, salt, new Uint8Array(hashLength));
    return {
      client: this.#derive(master, "c ap traffic", transcriptHash),
      server: this.#derive(master, "s ap traffic", transcriptHash),
      exporter: this.#derive(master, "exp master", transcriptHash),
    };
  }

  #derived(secret: Uint8Array): Uint8Array {
    return this.#derive(secret, "derived", this.#crypto.hash(this.#suite.hash, nothing));
  }

  #derive(secret: Uint8Array, label: string, transcriptHash: Uint8Array): Uint8Array {
    const { hash, hashLength } = this.#suite;
    return hkdfExpandLabel(this.#crypto, hash, secret, label, transcriptHash, hashLength);
  }
}

/** What a Finished proves (RFC 8446 §4.4.4). */
export function finishedMac(
  crypto: Crypto,
  suite: CipherSuite13,
  trafficSecret: Uint8Array,
  transcriptHash: Uint8Array,
): Uint8Array {
  const { hash, hashLength } = suite;
  const key = hkdfExpandLabel(crypto, hash, trafficSecret, "finished", nothing, hashLength);
  return crypto.hmac(hash, key, transcriptHash);
}

/** The secret behind a KeyUpdate (RFC 8446 §7.2). */
export function updatedSecret(
  crypto: Crypto,
  suite: CipherSuite13,
  trafficSecret: Uint8Array,
): Uint8Array {
  const { hash, hashLength } = suite;
  return hkdfExpandLabel(crypto, hash, trafficSecret, "traffic upd", nothing, hashLength);
}

/** Keying material for another protocol (RFC 8446 §7.5). No context is the same as an empty one. */
export function exportKeyingMaterial13(
  crypto: Crypto,
  suite: CipherSuite13,
  exporter: Uint8Array,
  label: string,
  length: number,
  context: Uint8Array = nothing,
): Uint8Array {
  const { hash, hashLength } = suite;
  const empty = crypto.hash(hash, nothing);
  const secret = hkdfExpandLabel(crypto, hash, exporter, label, empty, hashLength);
  return hkdfExpandLabel(crypto, hash, secret, "exporter", crypto.hash(hash, context), length);
}
