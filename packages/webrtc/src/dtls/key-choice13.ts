import type { SentAlert } from "./alert.ts";
import type { CipherSuite13 } from "./cipher-suite13.ts";
import type { ClientHello } from "./client-hello.ts";
import type { KeyShare } from "./extensions.ts";
import type { HandshakeSettings } from "./handshake.ts";
import { type NamedGroup, namedGroupCode } from "./named-group.ts";
import { dtls13 } from "./record.ts";

/** What keys are made with, as a server chooses it out of a client's offer. */
export interface KeyChoice13 {
  readonly suite: CipherSuite13;
  readonly group: NamedGroup;
  /** The client's share of that group; without one it has to be asked for. */
  readonly share: KeyShare | undefined;
}

/** Chooses by our order of preference; an offer that nothing fits in gets the alert that it deserves. */
export function chooseKeys13(
  settings: Pick<HandshakeSettings, "suites13" | "groups">,
  hello: ClientHello,
): KeyChoice13 | SentAlert {
  const { supportedVersions, groups, keyShares } = hello.extensions;
  if (!supportedVersions?.includes(dtls13)) return "protocol_version";
  // Compression and the cookie of 1.2 have no place here (RFC 9147 §5.3, RFC 8446 §4.1.2).
  const hasOldFields = hello.cookie.length > 0 || hello.compressionMethods.some((one) => one > 0);
  if (hasOldFields) return "illegal_parameter";
  if (!groups || !keyShares) return "missing_extension";
  const suite = settings.suites13.find((one) => hello.cipherSuites.includes(one.code));
  const common = settings.groups.filter((one) => groups.includes(namedGroupCode(one)));
  const shareOf = (group: NamedGroup | undefined): KeyShare | undefined =>
    group && keyShares.find((share) => share.group === namedGroupCode(group));
  // Any group that we have in common and need not ask for is better than one that we have to.
  const group = common.find((one) => shareOf(one) !== undefined) ?? common[0];
  if (!suite || !group) return "handshake_failure";
  return { suite, group, share: shareOf(group) };
}
