import type { TransportAddress } from "../wire/index.ts";
import { type BaseId, candidatePriority, type LocalCandidate, type TcpType } from "./candidate.ts";
import type { Foundations } from "./foundations.ts";

/**
 * What candidates are found through, and packets go through: a UDP socket, or for TCP whatever opens
 * connections (`active`) or takes them in (`passive`). Each connection is then named by its base and the
 * address at its other end; an active base connects when the first packet goes to an address.
 */
export interface Base {
  readonly id: BaseId;
  readonly address: TransportAddress;
  /** 0 to 65535: the interface that is preferred has the larger one (RFC 8445 §5.1.2.1, RFC 8421 §4). */
  readonly localPreference: number;
  /** There for TCP alone (RFC 6544 §4.1). An active base has port 9, for nobody connects to it (§4.5). */
  readonly tcpType?: TcpType;
}

/** The candidate that a base is by itself (RFC 8445 §5.1.1.1, RFC 6544 §5.1). */
export function hostCandidate(base: Base, foundations: Foundations): LocalCandidate {
  const { id, address, localPreference, tcpType } = base;
  const transport = tcpType === undefined ? "udp" : "tcp";
  return {
    type: "host",
    transport,
    ...(tcpType && { tcpType }),
    address,
    priority: candidatePriority("host", localPreference, tcpType),
    foundation: foundations.of("host", transport, address.ip),
    base: id,
  };
}
