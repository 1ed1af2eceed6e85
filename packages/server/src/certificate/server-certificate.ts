import type { X509Certificate } from "node:crypto";
import { canonicalIp } from "@tincan/webrtc/wire";

/** What the TLS side presents. */
export interface ServerCertificate {
  /** The chain in PEM, the server's own certificate first. */
  readonly cert: string;
  /** The private key in PEM. */
  readonly key: string;
  readonly selfSigned: boolean;
  /** The names that it is good for; wildcards as they are. */
  readonly names: CertificateNames;
  readonly expires: Date;
}

export interface CertificateNames {
  readonly dns: readonly string[];
  /** In canonical form. */
  readonly ips: readonly string[];
}

/** The subjectAltNames of a certificate (RFC 5280 §4.2.1.6). */
export function certificateNames(certificate: X509Certificate): CertificateNames {
  const dns: string[] = [];
  const ips: string[] = [];
  for (const entry of (certificate.subjectAltName ?? "").split(", ")) {
    const [kind, value] = split(entry);
    const ip = kind === "IP Address" ? canonicalIp(value) : undefined;
    if (ip !== undefined) ips.push(ip);
    else if (kind === "DNS") dns.push(value.toLowerCase());
  }
  return { dns, ips };
}

function split(entry: string): [string, string] {
  const colon = entry.indexOf(":");
  return [entry.slice(0, colon), entry.slice(colon + 1)];
}
