import { type Fingerprint, formatFingerprint, parseFingerprint } from "../wire/index.ts";
import { type Attribute, attributeOf, attributesOf } from "./session.ts";

/** Which side begins the DTLS handshake (RFC 8842 §5.2): `active` does. */
export type Setup = "active" | "passive" | "actpass";

/** How one transport is reached and whom to expect there. */
export interface TransportDescription {
  readonly ufrag: string;
  readonly password: string;
  readonly iceOptions: readonly string[];
  readonly fingerprints: readonly Fingerprint[];
  readonly setup: Setup | undefined;
  readonly tlsId: string | undefined;
}

export type TransportFault = "missing-ice" | "bad-ice" | "bad-fingerprint" | "bad-setup";

/**
 * Reads the transport of a section. What the section doesn't say itself, the session says for all
 * (RFC 8839 §5.4, RFC 8842 §5.1).
 */
export function readTransport(
  section: readonly Attribute[],
  session: readonly Attribute[],
): TransportDescription | TransportFault {
  const one = (name: string): string | undefined =>
    attributeOf(section, name) ?? attributeOf(session, name);
  const ufrag = one("ice-ufrag");
  const password = one("ice-pwd");
  if (ufrag === undefined || password === undefined) return "missing-ice";
  // RFC 8839 §5.4: at least 4 and 22, at most 256 ice-chars.
  if (!/^[A-Za-z0-9+/]{4,256}$/.test(ufrag) || !/^[A-Za-z0-9+/]{22,256}$/.test(password))
    return "bad-ice";
  const ownFingerprints = attributesOf(section, "fingerprint");
  const fingerprints: Fingerprint[] = [];
  for (const text of ownFingerprints.length > 0
    ? ownFingerprints
    : attributesOf(session, "fingerprint")) {
    const fingerprint = parseFingerprint(text.trim());
    if (fingerprint.ok) fingerprints.push(fingerprint.value);
    // RFC 8122 §5: a hash function that one doesn't know, or doesn't trust, is passed over.
    else if (fingerprint.fault !== "unsupported-hash") return "bad-fingerprint";
  }
  const setup = one("setup");
  if (setup !== undefined && setup !== "active" && setup !== "passive" && setup !== "actpass")
    return "bad-setup";
  return {
    ufrag,
    password,
    iceOptions: one("ice-options")?.split(" ").filter(Boolean) ?? [],
    fingerprints,
    setup,
    tlsId: one("tls-id"),
  };
}

/** The attributes of a transport, in the order browsers write them. */
export function writeTransport(transport: TransportDescription): readonly Attribute[] {
  return [
    { name: "ice-ufrag", value: transport.ufrag },
    { name: "ice-pwd", value: transport.password },
    ...(transport.iceOptions.length > 0
      ? [{ name: "ice-options", value: transport.iceOptions.join(" ") }]
      : []),
    ...transport.fingerprints.map((fingerprint) => ({
      name: "fingerprint",
      value: formatFingerprint(fingerprint),
    })),
    ...(transport.setup ? [{ name: "setup", value: transport.setup }] : []),
    ...(transport.tlsId ? [{ name: "tls-id", value: transport.tlsId }] : []),
  ];
}
