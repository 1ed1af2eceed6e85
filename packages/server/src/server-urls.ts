import { isIP } from "node:net";
import { canonicalIp } from "@tincan/webrtc/wire";
import { networkAddresses } from "./certificate/machine-names.ts";
import type { ServerCertificate } from "./certificate/server-certificate.ts";

/** Where the server can be visited; each with a slash at the end. */
export interface ServerUrls {
  /** For this machine: plain http, which browsers trust on localhost. */
  readonly local: string;
  /** For this machine, with HTTPS. */
  readonly localSecure: string;
  /** For other devices, the best one first; empty where none can reach it. */
  readonly network: readonly string[];
}

export interface Listening {
  readonly port: number;
  readonly httpPort: number;
  /** Where HTTPS listens; `undefined` means on all interfaces. */
  readonly host: string | undefined;
  readonly certificate: ServerCertificate;
  /** The name for which a certificate is kept or on its way. */
  readonly domain?: string | undefined;
}

/** The links of a server. */
export function serverUrls(
  { port, httpPort, host, certificate, domain }: Listening,
  addresses: readonly string[] = networkAddresses(),
): ServerUrls {
  const https = (name: string): string => url("https", name, port);
  const isEverywhere = host === undefined || host === "::" || host === "0.0.0.0";
  const visible = host === "0.0.0.0" ? addresses.filter((ip) => !ip.includes(":")) : addresses;
  const isLocal = host !== undefined && /^(localhost|127\..*|::1)$/.test(host);
  const reachable = isEverywhere ? visible : isLocal ? [] : [host];
  // Names that a real certificate proves come first; an address is not among them, as a rule.
  const proven = certificate.selfSigned
    ? [domain ?? []].flat()
    : certificate.names.dns.filter((name) => !name.includes("*") && name !== "localhost");
  return {
    local: url("http", "localhost", httpPort),
    localSecure: https(isEverywhere || isLocal ? "localhost" : host),
    network: proven.length > 0 && !isLocal ? proven.map(https) : reachable.map(https),
  };
}

/** `https://[2001:db8::1]:8443/`; the default port of the scheme is left out. */
function url(scheme: "http" | "https", host: string, port: number): string {
  const name = isIP(host) === 6 ? `[${canonicalIp(host) ?? host}]` : host;
  return new URL(`${scheme}://${name}:${port}/`).href;
}
