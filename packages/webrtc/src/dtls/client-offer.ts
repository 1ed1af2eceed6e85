import { encodeClientHello, randomLength } from "./client-hello.ts";
import type { KeyAgreement } from "./dtls-crypto.ts";
import { extensionType, type SentExtensions } from "./extensions.ts";
import type { HandshakeSettings } from "./handshake.ts";
import { type NamedGroup, namedGroupCode } from "./named-group.ts";
import { dtls12, dtls13 } from "./record.ts";
import { signatureSchemeCode, signatureSchemes } from "./signature-scheme.ts";
import { srtpProfileCode } from "./srtp-profile.ts";

const nothing: Uint8Array = new Uint8Array(0);

/**
 * What a client offers: one hello for all versions that it speaks, and the same again where the
 * server wants to see a cookie or another key share.
 */
export class ClientOffer {
  readonly random: Uint8Array;
  readonly #settings: HandshakeSettings;
  #share: { readonly group: NamedGroup; readonly agreement: KeyAgreement } | undefined;

  constructor(settings: HandshakeSettings) {
    this.#settings = settings;
    this.random = settings.crypto.random(randomLength);
    if (this.speaks13) this.shareOf(settings.groups[0] as NamedGroup);
  }

  get speaks13(): boolean {
    return this.#settings.versions.includes("1.3");
  }

  get speaks12(): boolean {
    return this.#settings.versions.includes("1.2");
  }

  /** Our half of the key exchange of 1.3. */
  get share(): { readonly group: NamedGroup; readonly agreement: KeyAgreement } | undefined {
    return this.#share;
  }

  /** Offers a key share of this group from now on. */
  shareOf(group: NamedGroup): void {
    this.#share = { group, agreement: this.#settings.crypto.keyAgreement(group) };
  }

  /** The body of a ClientHello, with the cookie of a HelloVerifyRequest or a HelloRetryRequest. */
  hello(cookies: { readonly legacy?: Uint8Array; readonly retry?: Uint8Array } = {}): Uint8Array {
    const { suites, suites13 } = this.#settings;
    const all = [...(this.speaks13 ? suites13 : []), ...(this.speaks12 ? suites : [])];
    return encodeClientHello({
      version: dtls12,
      random: this.random,
      sessionId: nothing,
      cookie: cookies.legacy ?? nothing,
      cipherSuites: all.map((suite) => suite.code),
      compressionMethods: [0],
      extensions: { ...this.#extensions(), ...(cookies.retry && { cookie: cookies.retry }) },
    });
  }

  /** Whether a server may answer with an extension. */
  hasOffered(type: number): boolean {
    const { srtpProfiles, alpn } = this.#settings;
    if (type === extensionType.useSrtp) return srtpProfiles.length > 0;
    if (type === extensionType.alpn) return alpn.length > 0;
    return answerable.includes(type);
  }

  #extensions(): SentExtensions {
    const { suites, groups, srtpProfiles, alpn } = this.#settings;
    const hasCbc = suites.some((suite) => suite.cipher === "aes-128-cbc");
    const share = this.#share;
    return {
      ...(this.speaks12 && { renegotiationInfo: nothing, pointFormats: [0] }),
      extendedMasterSecret: this.speaks12,
      encryptThenMac: this.speaks12 && hasCbc,
      groups: groups.map(namedGroupCode),
      signatureSchemes: signatureSchemes.map(signatureSchemeCode),
      ...(srtpProfiles.length > 0 && {
        useSrtp: { profiles: srtpProfiles.map(srtpProfileCode), mki: nothing },
      }),
      ...(alpn.length > 0 && { alpn }),
      ...(share && {
        supportedVersions: this.speaks12 ? [dtls13, dtls12] : [dtls13],
        keyShares: [{ group: namedGroupCode(share.group), publicKey: share.agreement.publicKey }],
      }),
    };
  }
}

/** What a server of 1.2 may answer to, beside what depends on the settings. */
const answerable: readonly number[] = [
  extensionType.renegotiationInfo,
  extensionType.extendedMasterSecret,
  extensionType.encryptThenMac,
  extensionType.supportedGroups,
  extensionType.pointFormats,
];
