import type { SecureContextOptions } from "node:tls";
import type { LocalCertificate } from "../../dtls/index.ts";
import type {
  RelayAddress,
  TurnServerEvent,
  TurnSettings,
  UserDirectory,
  UsersOptions,
} from "../../turn/index.ts";
import type { TransportAddress } from "../../wire/index.ts";
import type { UdpEngine } from "../udp/udp-engine.ts";
import type { StreamLimits } from "./stream-admission.ts";

/** Users with passwords or keys, and secrets of the REST scheme; or a directory of one's own. */
export type TurnUsers = Pick<UsersOptions, "users" | "secrets" | "separator"> | UserDirectory;

/** Two addresses of this machine, differing in IP and in port, to tell NAT behaviour by (RFC 5780). */
export interface BehaviourAddresses {
  readonly primary: TransportAddress;
  readonly alternate: TransportAddress;
  /** The IPs as the internet sees them, where a NAT stands before the server. */
  readonly externalPrimaryIp?: string;
  readonly externalAlternateIp?: string;
}

/** What a TURN server on real sockets is made of. */
export interface NodeTurnServerOptions {
  /**
   * UDP addresses to listen on; port 0 is any free one. Where a machine has several addresses, name
   * each: the answer to what came to `0.0.0.0` leaves from the address that the system prefers.
   */
  readonly udp?: readonly TransportAddress[];
  /** TCP addresses to listen on: plain TCP and TLS are told apart by their first byte. */
  readonly streams?: readonly TransportAddress[];
  /** Whether plain TCP is taken there; it is, by default. */
  readonly plainTcp?: boolean;
  /** Certificate and key, as `node:tls` takes them; without them there is no TLS on `streams`. */
  readonly tls?: SecureContextOptions;
  /** The certificate for DTLS on the UDP addresses; without it there is none. `importPem` makes one. */
  readonly dtls?: LocalCertificate;
  /** Turns on RFC 5780: listens on UDP on all four combinations, beside what `udp` names. */
  readonly behaviour?: BehaviourAddresses;
  /** Where it relays from. */
  readonly relays: readonly RelayAddress[];
  readonly users: TurnUsers;
  /** What differs from `defaultTurnSettings`. */
  readonly settings?: Partial<TurnSettings>;
  /** Answers Binding requests; it does, by default. */
  readonly stun?: boolean;
  /** Answers RFC 3489 too (coturn's `stun-backward-compatibility`); not by default. */
  readonly classic?: boolean;
  readonly streamLimits?: Partial<StreamLimits>;
  /** Told what happens, for a log. */
  readonly onEvent?: (event: TurnServerEvent) => void;
  /** What moves the datagrams; `dgram` by default. */
  readonly engine?: UdpEngine;
}
