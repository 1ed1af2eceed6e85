import { canonicalIp, type Decoded, decoded, fault } from "../wire/index.ts";

export type CandidateType = "host" | "srflx" | "prflx" | "relay";
export type TcpType = "active" | "passive" | "so";

/** A `candidate` attribute (RFC 8839 §5.1). */
export interface CandidateAttribute {
  readonly foundation: string;
  /** 1 for RTP, and for everything where RTCP is multiplexed. */
  readonly component: number;
  readonly transport: "udp" | "tcp";
  readonly priority: number;
  /** An IP address in canonical form, or a name ending with `.local` (mDNS). */
  readonly address: string;
  readonly port: number;
  readonly type: CandidateType;
  readonly relatedAddress?: string;
  readonly relatedPort?: number;
  /** RFC 6544 §4.5; always there for TCP. */
  readonly tcpType?: TcpType;
  /** The ICE generation it belongs to (RFC 8839 §5.1, extension of trickle ICE). */
  readonly ufrag?: string;
}

export type CandidateFault = "malformed" | "unknown-transport" | "unknown-type" | "bad-address";

const maxLength = 4096;

/** Reads what stands after `a=`, with or without `candidate:` before it. Unknown extensions are passed over. */
export function parseCandidate(text: string): Decoded<CandidateAttribute, CandidateFault> {
  if (text.length > maxLength) return fault("malformed");
  const words = text
    .replace(/^(?:a=)?candidate:/, "")
    .trim()
    .split(/ +/);
  const [foundation, component, transport, priority, address, port, typ, type, ...rest] = words;
  if (foundation === undefined || !/^[A-Za-z0-9+/]{1,32}$/.test(foundation))
    return fault("malformed");
  const numbers = [component, priority, port].map(wholeNumber);
  const [componentId, priorityValue, portValue] = numbers;
  if (componentId === undefined || priorityValue === undefined || portValue === undefined)
    return fault("malformed");
  if (componentId < 1 || componentId > 256 || priorityValue > 0xffff_ffff || portValue > 65_535)
    return fault("malformed");
  if (typ !== "typ" || type === undefined || rest.length % 2 !== 0) return fault("malformed");
  const protocol = transport?.toLowerCase();
  if (protocol !== "udp" && protocol !== "tcp") return fault("unknown-transport");
  if (!isCandidateType(type)) return fault("unknown-type");
  const reachable = addressOrName(address ?? "");
  if (reachable === undefined) return fault("bad-address");
  const extensions = new Map<string, string>();
  for (let i = 0; i < rest.length; i += 2) extensions.set(rest[i] as string, rest[i + 1] as string);
  const tcpType = extensions.get("tcptype");
  if (protocol === "tcp" && !isTcpType(tcpType)) return fault("malformed");
  const relatedAddress = extensions.get("raddr");
  const relatedPort = wholeNumber(extensions.get("rport"));
  const ufrag = extensions.get("ufrag");
  return decoded({
    foundation,
    component: componentId,
    transport: protocol,
    priority: priorityValue,
    address: reachable,
    port: portValue,
    type,
    ...(relatedAddress !== undefined && { relatedAddress }),
    ...(relatedPort !== undefined && relatedPort <= 65_535 && { relatedPort }),
    ...(isTcpType(tcpType) && { tcpType }),
    ...(ufrag !== undefined && { ufrag }),
  });
}

/** Writes what stands after `a=`, beginning with `candidate:`. */
export function writeCandidate(candidate: CandidateAttribute): string {
  const { foundation, component, transport, priority, address, port, type } = candidate;
  let text = `candidate:${foundation} ${component} ${transport} ${priority} ${address} ${port} typ ${type}`;
  if (candidate.relatedAddress !== undefined) text += ` raddr ${candidate.relatedAddress}`;
  if (candidate.relatedPort !== undefined) text += ` rport ${candidate.relatedPort}`;
  if (candidate.tcpType !== undefined) text += ` tcptype ${candidate.tcpType}`;
  if (candidate.ufrag !== undefined) text += ` ufrag ${candidate.ufrag}`;
  return text;
}

function isCandidateType(text: string): text is CandidateType {
  return text === "host" || text === "srflx" || text === "prflx" || text === "relay";
}

function isTcpType(text: string | undefined): text is TcpType {
  return text === "active" || text === "passive" || text === "so";
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** mDNS names are one label of letters, digits and hyphens, as browsers make them (draft-ietf-mmusic-mdns-ice-candidates). */
function addressOrName(text: string): string | undefined {
  return /^[A-Za-z0-9-]{1,63}\.local$/.test(text) ? text.toLowerCase() : canonicalIp(text);
}
