import type { PeerRules } from "./peer-policy.ts";
import type { SourceLimit } from "./source-limiter.ts";
import { TurnError } from "./turn-error.ts";

/** How much of everything the server gives; all of it can be changed while it runs. */
export interface TurnLimits {
  readonly allocations: number;
  readonly allocationsPerUser: number;
  /** Permissions of one allocation. */
  readonly permissions: number;
  /** Channels of one allocation. */
  readonly channels: number;
  /** Ports held for RESERVATION-TOKENs, in all and for one user. */
  readonly reservations: number;
  readonly reservationsPerUser: number;
  /** Peer connections of one TCP allocation, and how many of them may wait for their ConnectionBind. */
  readonly tcpConnections: number;
  readonly pendingTcpConnections: number;
  /** Bytes a second, each way; without a number there is no limit. */
  readonly bytesPerSecond?: number | undefined;
  readonly totalBytesPerSecond?: number | undefined;
}

/** What an operator may set. */
export interface TurnSettings {
  /** Up to eight bytes of it keep the answer to an unauthenticated Allocate within 80 bytes. */
  readonly realm: string;
  /** Said in SOFTWARE to authenticated clients; nothing by default. */
  readonly software?: string | undefined;
  /** Adds FINGERPRINT to every message, not only where the client does. */
  readonly fingerprint: boolean;
  /** Lifetimes in seconds (RFC 8656 §3.2, §9, §12). */
  readonly defaultLifetimeS: number;
  readonly maxLifetimeS: number;
  readonly permissionLifetimeS: number;
  readonly channelLifetimeS: number;
  readonly nonceLifetimeMs: number;
  /** Accepts channel numbers up to 0x7FFE, as RFC 5766 had them. */
  readonly rfc5766Channels: boolean;
  readonly mobility: boolean;
  /** Answers Binding requests to users only (coturn's `secure-stun`). */
  readonly secureStun: boolean;
  /** Answers nothing but Binding requests (coturn's `stun-only`). */
  readonly stunOnly: boolean;
  readonly relayUdp: boolean;
  readonly relayTcp: boolean;
  /** Answers to sources that have proved nothing: challenges and refusals over UDP. */
  readonly unauthenticated: SourceLimit;
  readonly limits: TurnLimits;
  readonly peers: PeerRules;
}

/** What is set where the operator says nothing. */
export const defaultTurnSettings: TurnSettings = {
  realm: "tincan",
  fingerprint: false,
  defaultLifetimeS: 600,
  maxLifetimeS: 3600,
  permissionLifetimeS: 300,
  channelLifetimeS: 600,
  nonceLifetimeMs: 600_000,
  rfc5766Channels: false,
  mobility: false,
  secureStun: false,
  stunOnly: false,
  relayUdp: true,
  relayTcp: true,
  unauthenticated: { perSecond: 50, burst: 500 },
  limits: {
    allocations: 10_000,
    allocationsPerUser: 100,
    permissions: 128,
    channels: 128,
    reservations: 500,
    reservationsPerUser: 10,
    tcpConnections: 64,
    pendingTcpConnections: 16,
  },
  peers: {},
};

/** Settings that make no sense are a mistake of whoever made them. */
export function checkSettings(settings: TurnSettings): void {
  const { defaultLifetimeS, maxLifetimeS, permissionLifetimeS, channelLifetimeS } = settings;
  const lifetimes = [defaultLifetimeS, maxLifetimeS, permissionLifetimeS, channelLifetimeS];
  if (lifetimes.some((lifetime) => !(lifetime > 0)) || defaultLifetimeS > maxLifetimeS) {
    throw new TurnError(
      "malformed-settings",
      "lifetimes are above 0, the default within the maximum",
    );
  }
  if (Object.values(settings.limits).some((limit) => limit !== undefined && !(limit >= 0))) {
    throw new TurnError("malformed-settings", "a limit is a number of at least 0");
  }
  if (settings.realm === "") throw new TurnError("malformed-settings", "a realm is not empty");
}
