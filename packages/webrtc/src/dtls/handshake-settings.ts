import { cipherSuitesNamed } from "./cipher-suite.ts";
import { cipherSuites13Named } from "./cipher-suite13.ts";
import type { DtlsConfig, DtlsVersion } from "./dtls-config.ts";
import { DtlsError } from "./dtls-error.ts";
import type { HandshakeSettings } from "./handshake.ts";
import { namedGroupsNamed } from "./named-group.ts";
import { srtpProfiles } from "./srtp-profile.ts";

const defaultVersions: readonly DtlsVersion[] = ["1.3", "1.2"];

/** What a handshake offers and shows, by what it was configured with and in our order. */
export function handshakeSettings(config: DtlsConfig): HandshakeSettings {
  const wanted = config.versions ?? defaultVersions;
  const suites = wanted.includes("1.2") ? cipherSuitesNamed(config.cipherSuites) : [];
  const suites13 = wanted.includes("1.3") ? cipherSuites13Named(config.cipherSuites) : [];
  // A version that no suite is left for is not spoken.
  const versions: DtlsVersion[] = [
    ...(suites13.length > 0 ? ["1.3" as const] : []),
    ...(suites.length > 0 ? ["1.2" as const] : []),
  ];
  const groups = namedGroupsNamed(config.groups);
  if (versions.length === 0 || groups.length === 0 || config.certificate.chain.length === 0) {
    throw new DtlsError("invalid-argument", "no cipher suite, no group, or no certificate");
  }
  return {
    crypto: config.crypto,
    certificate: config.certificate,
    versions,
    suites,
    suites13,
    groups,
    srtpProfiles: srtpProfiles.filter((one) => config.srtpProfiles?.includes(one) ?? false),
    alpn: config.alpn ?? [],
    asksCertificate: config.peerIdentity !== "none",
  };
}
