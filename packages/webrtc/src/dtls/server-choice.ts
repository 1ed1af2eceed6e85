import type { HelloExtensions } from "./extensions.ts";
import type { HandshakeSettings } from "./handshake.ts";
import { type SrtpProfile, srtpProfileCode } from "./srtp-profile.ts";

/** What a server takes of what a client offers for other protocols. */
export interface ProtocolChoice {
  readonly srtpProfile: SrtpProfile | undefined;
  readonly alpn: string | undefined;
}

/**
 * The first of ours that the client offers, as we prefer (RFC 5764 §4.1.1, RFC 7301 §3.2); an alert where it wants to
 * speak something, and none of it is ours.
 */
export function chooseProtocols(
  { srtpProfiles, alpn: ours }: HandshakeSettings,
  { useSrtp, alpn: offered }: HelloExtensions,
): ProtocolChoice | "no_application_protocol" {
  const alpn = ours.find((name) => offered?.includes(name));
  if (ours.length > 0 && offered && alpn === undefined) return "no_application_protocol";
  const srtpProfile = srtpProfiles.find((profile) =>
    useSrtp?.profiles.includes(srtpProfileCode(profile)),
  );
  return { srtpProfile, alpn };
}
