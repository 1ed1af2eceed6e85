import { isIPv6 } from "node:net";
import { canonicalIp } from "../../wire/index.ts";
import { RTCCertificate } from "./rtc-certificate.ts";
import { dictionary, enforcedInteger, enumeration, instance, sequence } from "./web-idl.ts";

/** W3C webrtc §4.2.2 */
export interface RTCIceServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}

/** W3C webrtc §4.2.1 */
export interface RTCConfiguration {
  iceServers?: RTCIceServer[];
  iceTransportPolicy?: "all" | "relay";
  bundlePolicy?: "balanced" | "max-compat" | "max-bundle";
  rtcpMuxPolicy?: "require";
  certificates?: RTCCertificate[];
  iceCandidatePoolSize?: number;
}

/** What only Node can be told. */
export interface NodeConfiguration extends RTCConfiguration {
  /**
   * The addresses of this machine to be reached at. By default those of all interfaces; loopback
   * only where there is no other, or where it is named here.
   */
  localAddresses?: readonly string[];
  /**
   * Tells names of multicast DNS in place of local addresses, as browsers do. Off by default: a
   * program on a server is not a page that a stranger wrote, and names cost a lookup each.
   */
  hideLocalAddresses?: boolean;
  /**
   * Which TCP candidates (RFC 6544) are gathered, for networks without UDP. `active`, the default and what
   * Chromium does: this side opens connections to passive candidates of the other, such as those of a
   * server. `all`: it listens on a port of each address as well, which nobody should do unasked.
   * Simultaneous open is never offered: Node cannot connect from a port that it listens on.
   */
  tcpCandidates?: "active" | "all" | "none";
}

/** A server that was named by a URL (RFC 7064, RFC 7065). */
export interface IceServerUrl {
  readonly url: string;
  readonly kind: "stun" | "turn";
  readonly transport: "udp" | "tcp" | "tls";
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly credential: string;
}

/** A server as `getConfiguration` tells it. */
interface ListedServer extends RTCIceServer {
  urls: string[];
}

/** A configuration that was checked. */
export interface CheckedConfiguration {
  readonly given: Required<RTCConfiguration> & { readonly iceServers: readonly ListedServer[] };
  readonly servers: readonly IceServerUrl[];
  readonly localAddresses: readonly string[] | undefined;
  readonly hideLocalAddresses: boolean;
  readonly tcpCandidates: "active" | "all" | "none";
  readonly policy: "all" | "relay";
}

/** Checks a configuration as W3C webrtc §4.4.1.3 does, or throws what it says. */
export function checkConfiguration(asked: NodeConfiguration | null): CheckedConfiguration {
  const configuration: NodeConfiguration = dictionary(asked);
  const { iceServers: servers = [], certificates: ownCertificates = [] } = configuration;
  const iceServers = sequence(servers).map(listed);
  const certificates = sequence(ownCertificates).map((one) => instance(one, RTCCertificate));
  const { iceCandidatePoolSize: poolSize = 0 } = configuration;
  const iceCandidatePoolSize = enforcedInteger(poolSize, "iceCandidatePoolSize", 255);
  const now = Date.now();
  if (certificates.some(({ expires }) => expires <= now)) {
    throw new DOMException("A certificate has expired.", "InvalidAccessError");
  }
  const localAddresses = configuration.localAddresses?.map((address) => {
    const ip = canonicalIp(address);
    if (ip === undefined) throw new TypeError(`${address} is no IP address.`);
    return ip;
  });
  const policy = oneOf(configuration.iceTransportPolicy, ["all", "relay"]);
  return {
    given: {
      iceServers,
      iceTransportPolicy: policy,
      bundlePolicy: oneOf(configuration.bundlePolicy, ["balanced", "max-compat", "max-bundle"]),
      rtcpMuxPolicy: oneOf(configuration.rtcpMuxPolicy, ["require"]),
      certificates,
      iceCandidatePoolSize,
    },
    policy,
    servers: iceServers.flatMap(serverUrls),
    localAddresses,
    hideLocalAddresses: configuration.hideLocalAddresses ?? false,
    tcpCandidates: oneOf(configuration.tcpCandidates, ["active", "all", "none"]),
  };
}

function oneOf<Value extends string>(
  value: Value | undefined,
  values: readonly [Value, ...Value[]],
): Value {
  return value === undefined ? values[0] : enumeration(value, values);
}

/** A copy of what was given, with its URLs as a list. */
function listed(given: RTCIceServer): ListedServer {
  const { urls, username, credential } = dictionary(given);
  if (urls === undefined) throw new TypeError("An ICE server has urls.");
  return {
    urls: typeof urls === "object" ? sequence(urls).map(String) : [String(urls)],
    ...(username !== undefined && { username: String(username) }),
    ...(credential !== undefined && { credential: String(credential) }),
  };
}

/** W3C webrtc §4.4.1.4 */
function serverUrls(server: ListedServer): IceServerUrl[] {
  if (server.urls.length === 0) throw new DOMException("An ICE server has no URL.", "SyntaxError");
  return server.urls.map((url) => {
    const parsed = parseServerUrl(url, server);
    if (parsed === undefined) throw new DOMException(`${url} names no ICE server.`, "SyntaxError");
    const lacksSecret = server.username === undefined || server.credential === undefined;
    if (parsed.kind === "turn" && lacksSecret) {
      throw new DOMException(`${url} needs username and credential.`, "InvalidAccessError");
    }
    return parsed;
  });
}

/** The ports of RFC 7064 §3.2 and RFC 7065 §3.2. */
const plainPort = 3478;
const securePort = 5349;

function parseServerUrl(url: string, server: ListedServer): IceServerUrl | undefined {
  const match =
    /^(stun|turn)(s?):(\[[0-9a-f:.]+\]|[^:?/@#[\]\s]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i.exec(
      url,
    );
  if (match === null) return undefined;
  const [, scheme, secure, authority, portText, asked] = match;
  const kind = scheme?.toLowerCase() === "turn" ? "turn" : "stun";
  // RFC 7064 §3.1: only `turn:` says what carries it.
  if (kind === "stun" && asked !== undefined) return undefined;
  const isSecure = secure !== "";
  const host = (authority as string).replace(/^\[(.*)\]$/, "$1");
  if (host !== authority && !isIPv6(host)) return undefined;
  const port = portText === undefined ? (isSecure ? securePort : plainPort) : Number(portText);
  if (port < 1 || port > 65_535) return undefined;
  const transport = isSecure ? "tls" : asked?.toLowerCase() === "tcp" ? "tcp" : "udp";
  const { username = "", credential = "" } = server;
  return { url, kind, transport, host, port, username, credential };
}

/** Throws where a new configuration changes what cannot change (W3C webrtc §4.4.1.6). */
export function checkUnchanged(
  before: CheckedConfiguration,
  after: CheckedConfiguration,
  hasLocalDescription: boolean,
): void {
  const [old, given] = [before.given, after.given];
  const isSame =
    (given.certificates.length === 0 ||
      (given.certificates.length === old.certificates.length &&
        given.certificates.every((one, index) => one === old.certificates[index]))) &&
    given.bundlePolicy === old.bundlePolicy;
  if (!isSame) {
    throw new DOMException("Certificates and bundlePolicy stay.", "InvalidModificationError");
  }
  if (hasLocalDescription && given.iceCandidatePoolSize !== old.iceCandidatePoolSize) {
    throw new DOMException(
      "iceCandidatePoolSize stays once there is a local description.",
      "InvalidModificationError",
    );
  }
}

/** Whether the next gathering would ask others, or tell something else. */
export function asksDifferently(
  before: CheckedConfiguration,
  after: CheckedConfiguration,
): boolean {
  const asks = ({ servers, policy }: CheckedConfiguration): string =>
    JSON.stringify([servers, policy]);
  return asks(before) !== asks(after);
}

/** What `getConfiguration` tells: a copy, which is the caller's to change. */
export function copyOf({ given }: CheckedConfiguration): RTCConfiguration {
  const { iceServers, certificates } = given;
  return { ...given, iceServers: iceServers.map(listed), certificates: [...certificates] };
}
