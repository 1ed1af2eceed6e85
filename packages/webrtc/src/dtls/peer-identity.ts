import type { SentAlert } from "./alert.ts";
import { decodeCertificate, type PublicKeyInfo } from "./certificate.ts";
import type { DtlsCrypto } from "./dtls-crypto.ts";
import { keyTypeOf, type SignatureScheme } from "./signature-scheme.ts";

/** What a peer has shown of itself: its certificates, and the key that it proves to have. */
export class PeerIdentity {
  certificates: readonly Uint8Array[] = [];
  #key: PublicKeyInfo | undefined;
  readonly #crypto: DtlsCrypto;
  readonly #admits: (certificate: Uint8Array) => boolean;

  constructor(crypto: DtlsCrypto, admits: (certificate: Uint8Array) => boolean) {
    this.#crypto = crypto;
    this.#admits = admits;
  }

  get key(): PublicKeyInfo | undefined {
    return this.#key;
  }

  /** Takes a chain, its own certificate first; an empty one is for the caller to judge. */
  take(chain: readonly Uint8Array[]): SentAlert | undefined {
    this.certificates = chain.map((certificate) => certificate.slice());
    const own = this.certificates[0];
    if (own === undefined) return undefined;
    const certificate = decodeCertificate(own);
    if (!certificate.ok) {
      return certificate.fault === "malformed-certificate"
        ? "bad_certificate"
        : "unsupported_certificate";
    }
    if (!this.#admits(own)) return "bad_certificate";
    this.#key = certificate.value.publicKey;
    return undefined;
  }

  /** Whether the certified key made this signature (RFC 5246 §4.7, RFC 8446 §4.4.3). */
  checkSignature(
    scheme: SignatureScheme,
    data: Uint8Array,
    signature: Uint8Array,
  ): SentAlert | undefined {
    const key = this.#key;
    if (key === undefined || key.type !== keyTypeOf(scheme)) return "illegal_parameter";
    const isGenuine = this.#crypto.verify(scheme, key.spki, data, signature);
    return isGenuine ? undefined : "decrypt_error";
  }
}
