import type { TransportAddress } from "../wire/index.ts";

/** How a candidate was found (RFC 8445 §4). */
export type CandidateType = "host" | "srflx" | "prflx" | "relay";

/** What datagrams travel in. TCP carries them in frames of RFC 4571. */
export type Transport = "udp" | "tcp";

/** Who opens a TCP connection (RFC 6544 §4.1). */
export type TcpType = "active" | "passive" | "so";

/** Names a base: a socket, or a relayed address, that datagrams leave from. */
export type BaseId = number;

/** An address at which the other side may reach this one. */
export interface LocalCandidate {
  readonly type: CandidateType;
  readonly transport: Transport;
  readonly tcpType?: TcpType;
  readonly address: TransportAddress;
  readonly priority: number;
  readonly foundation: string;
  /** Where datagrams of this candidate leave from. */
  readonly base: BaseId;
  /** The base's address, or for a relayed candidate the mapped one (RFC 8839 §5.1). */
  readonly related?: TransportAddress;
  /** The STUN or TURN server that told of it. */
  readonly url?: string;
  /** How the relay is reached, in a relayed candidate. */
  readonly relayProtocol?: "udp" | "tcp" | "tls";
}

/** An address at which the other side says it can be reached, or was seen at. */
export interface RemoteCandidate {
  readonly type: CandidateType;
  readonly transport: Transport;
  readonly tcpType?: TcpType;
  readonly address: TransportAddress;
  readonly priority: number;
  readonly foundation: string;
}

/** Type preferences (RFC 8445 §5.1.2.2). */
const typePreferences: Readonly<Record<CandidateType, number>> = {
  host: 126,
  prflx: 110,
  srflx: 100,
  relay: 0,
};

/** TCP comes after every UDP candidate of its type, and active before passive (RFC 6544 §4.2). */
const tcpDirectionPreferences: Readonly<Record<TcpType, number>> = { active: 6, passive: 4, so: 2 };

/**
 * A candidate's priority (RFC 8445 §5.1.2.1) for component 1.
 *
 * @param localPreference 0 to 65535, larger for the interface that is preferred; for TCP its upper
 *   thirteen bits count (RFC 6544 §4.2).
 */
export function candidatePriority(
  type: CandidateType,
  localPreference: number,
  tcpType?: TcpType,
): number {
  const typePreference =
    typePreferences[type] - (tcpType === undefined || type === "relay" ? 0 : 20);
  const preference =
    tcpType === undefined
      ? localPreference
      : tcpDirectionPreferences[tcpType] * 0x2000 + (localPreference >> 3);
  return (typePreference * 0x100_0000 + preference * 0x100 + 255) >>> 0;
}

/** Whether datagrams can go between two addresses at all: same family, and link-local among themselves. */
export function canReach(a: TransportAddress, b: TransportAddress): boolean {
  return a.ip.includes(":") === b.ip.includes(":") && isLinkLocal(a.ip) === isLinkLocal(b.ip);
}

/** fe80::/10 (RFC 4291 §2.5.6); the IPv4 one is as good as private. */
function isLinkLocal(ip: string): boolean {
  return /^fe[89ab][0-9a-f]:/.test(ip);
}
