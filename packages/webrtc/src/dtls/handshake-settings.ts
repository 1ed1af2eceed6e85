import { cipherSuitesNamed } from "./cipher-suite.ts";
import type { DtlsConfig } from "./dtls-config.ts";
import { DtlsError } from "./dtls-error.ts";
import type { HandshakeSettings } from "./handshake.ts";
import { namedGroups } from "./named-group.ts";
import { srtpProfiles } from "./srtp-profile.ts";

/** What a handshake offers and shows, by what it was configured with and in our order. */
export function handshakeSettings(config: DtlsConfig): HandshakeSettings {
  const suites = cipherSuitesNamed(config.cipherSuites);
  const groups = namedGroups.filter((group) => config.groups?.includes(group) ?? true);
  if (suites.length === 0 || groups.length === 0 || config.certificate.chain.length === 0) {
    throw new DtlsError("invalid-argument", "no cipher suite, no group, or no certificate");
  }
  return {
    crypto: config.crypto,
    certificate: config.certificate,
    suites,
    groups,
    srtpProfiles: srtpProfiles.filter((one) => config.srtpProfiles?.includes(one) ?? false),
    alpn: config.alpn ?? [],
  };
}
