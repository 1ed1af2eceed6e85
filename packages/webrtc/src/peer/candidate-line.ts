import type { LocalCandidate, RemoteCandidate } from "../ice/index.ts";
import type { CandidateAttribute } from "../sdp/index.ts";

/** How candidates of this side are told. */
export interface CandidateStyle {
  /** Whether a reflexive or relayed candidate keeps the address behind it to itself (RFC 8828 §5.2). */
  readonly hidesRelated?: boolean;
  /** A name that stands for the address of a host candidate (draft-ietf-mmusic-mdns-ice-candidates). */
  readonly nameOf?: ((ip: string) => string | undefined) | undefined;
}

/** The attribute that tells the other side of a candidate (RFC 8839 §5.1). */
export function candidateAttribute(
  candidate: LocalCandidate,
  style: CandidateStyle,
): CandidateAttribute {
  const { type, address, foundation, priority, transport, related, tcpType } = candidate;
  const told = style.hidesRelated || style.nameOf !== undefined ? hidden(address.ip) : related;
  return {
    foundation,
    component: 1,
    transport,
    priority,
    address: (type === "host" ? style.nameOf?.(address.ip) : undefined) ?? address.ip,
    port: address.port,
    type,
    ...(related && told && { relatedAddress: told.ip, relatedPort: told.port }),
    ...(tcpType && { tcpType }),
  };
}

/** What ICE needs of a candidate of the other side, once its address is known to be one. */
export function remoteCandidate(
  { foundation, priority, address, port, type, transport, tcpType }: CandidateAttribute,
  ip: string = address,
): RemoteCandidate {
  const known = { type, transport, address: { ip, port }, priority, foundation };
  return { ...known, ...(tcpType && { tcpType }) };
}

/** The text of a candidate as it stands in a description, whether it came with `a=`, without, or without its name. */
export function candidateText(told: string): string {
  return `candidate:${told.replace(/^(?:a=)?candidate:/, "").trim()}`;
}

/** RFC 8839 §5.1 */
function hidden(ip: string): { readonly ip: string; readonly port: number } {
  return ip.includes(":") ? { ip: "::", port: 9 } : { ip: "0.0.0.0", port: 9 };
}
