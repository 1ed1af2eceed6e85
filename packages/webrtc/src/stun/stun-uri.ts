import { canonicalIp } from "../wire/index.ts";

/** A STUN server as people name it. */
export interface StunServer {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly transport: "udp" | "tcp" | "tls";
  /** The port was left out, so that DNS may name another one (RFC 8489 §8.1). */
  readonly isDefaultPort: boolean;
}

/** The ports of `stun` and `stuns` (RFC 8489 §18.6). */
export const stunPort = 3478;
export const stunsPort = 5349;

/**
 * The server in `stun:host:port`, `stuns:host` (RFC 7064 §3.1), with `?transport=tcp` as `turn:` has it
 * (RFC 7065), or just `host:port`. `undefined` where the text is none of them.
 */
export function parseStunUri(text: string): StunServer | undefined {
  const match =
    /^(?:(stuns?):)?(\[[^\]]*\]|[^:?/@\s]+)(?::([0-9]{1,5}))?(?:\?transport=(udp|tcp))?$/i.exec(
      text,
    );
  if (match === null) return parseBareIpv6(text);
  const [, scheme, authority, portText, transport] = match;
  const isTls = scheme?.toLowerCase() === "stuns";
  if (isTls && transport === "udp") return undefined;
  const host = (authority as string).replace(/^\[(.*)\]$/, "$1");
  if (host !== authority && canonicalIp(host) === undefined) return undefined;
  const port = portText === undefined ? (isTls ? stunsPort : stunPort) : Number(portText);
  if (port < 1 || port > 65_535) return undefined;
  return {
    host,
    port,
    transport: isTls ? "tls" : transport?.toLowerCase() === "tcp" ? "tcp" : "udp",
    isDefaultPort: portText === undefined,
  };
}

/** An IPv6 address alone needs no brackets where there is no port. */
function parseBareIpv6(text: string): StunServer | undefined {
  const host = canonicalIp(text);
  if (host === undefined) return undefined;
  return { host, port: stunPort, transport: "udp", isDefaultPort: true };
}
