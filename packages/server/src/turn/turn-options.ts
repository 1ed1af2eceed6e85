import type { UserEntry } from "@tincan/webrtc/turn";
import { flag, optionalPath, wholeNumber } from "../options/kinds.ts";
import type { OptionTable } from "../options/option.ts";
import {
  address,
  addresses,
  type ExternalIp,
  externalIps,
  logPlace,
  nonceLifetime,
  peerRanges,
  portOf,
  seconds,
  text,
  texts,
  users,
} from "./turn-kinds.ts";

/** The settings of `tincan turn`: coturn's names and meanings, and few of our own. */
export interface TurnOptions {
  readonly listeningPort: number;
  readonly tlsListeningPort: number;
  /** 0 stands for the port after `listeningPort`. */
  readonly altListeningPort: number;
  readonly listeningIp: readonly string[];
  readonly relayIp: readonly string[];
  readonly externalIp: readonly ExternalIp[];
  readonly minPort: number;
  readonly maxPort: number;
  readonly realm: string;
  readonly ltCredMech: boolean;
  readonly user: readonly UserEntry[];
  readonly useAuthSecret: boolean;
  readonly staticAuthSecret: readonly string[];
  readonly restApiSeparator: string;
  /** In seconds; 0 stands for as long as the server runs. */
  readonly staleNonce: number;
  readonly fingerprint: boolean;
  readonly mobility: boolean;
  readonly cert: string | undefined;
  readonly pkey: string | undefined;
  readonly noUdp: boolean;
  readonly noTcp: boolean;
  readonly noTls: boolean;
  readonly noDtls: boolean;
  readonly noUdpRelay: boolean;
  readonly noTcpRelay: boolean;
  readonly noCli: boolean;
  /** 0 stands for no limit, here and in the next three. */
  readonly totalQuota: number;
  readonly userQuota: number;
  /** Bytes a second. */
  readonly maxBps: number;
  readonly bpsCapacity: number;
  readonly allowedPeerIp: readonly string[];
  readonly deniedPeerIp: readonly string[];
  readonly allowLoopbackPeers: boolean;
  readonly noMulticastPeers: boolean;
  readonly maxAllocateLifetime: number;
  readonly channelLifetime: number;
  readonly permissionLifetime: number;
  readonly secureStun: boolean;
  readonly stunOnly: boolean;
  readonly noStun: boolean;
  readonly noSoftwareAttribute: boolean;
  readonly rfc5780: boolean;
  readonly stunBackwardCompatibility: boolean;
  readonly rfc5766ChannelNumbers: boolean;
  readonly verbose: boolean;
  readonly logFile: string | undefined;
  readonly prometheus: boolean;
  readonly prometheusPort: number;
  readonly prometheusAddress: string;
  readonly drainTimeout: number;
}

/** The one table from which flags, names in the file, help, checks and docs/coturn.md are made. */
export const TURN_OPTIONS: OptionTable<TurnOptions> = {
  listeningPort: {
    kind: portOf("any that is free"),
    help: "port for UDP and TCP, and for DTLS and TLS where there is a certificate",
    fallback: () => 3478,
  },
  tlsListeningPort: {
    kind: portOf("any that is free"),
    help: "another port for all of them, where there is a certificate",
    fallback: () => 5349,
  },
  altListeningPort: {
    kind: portOf("the one after listening-port"),
    help: "the second port of --rfc5780",
    fallback: () => 0,
    fallbackText: "the one after listening-port",
  },
  listeningIp: {
    kind: addresses,
    help: "address to listen on",
    fallback: () => [],
    fallbackText: "all of this machine",
  },
  relayIp: {
    kind: addresses,
    help: "address to relay from",
    fallback: () => [],
    fallbackText: "those listened on",
  },
  externalIp: {
    kind: externalIps,
    help: "how the internet sees this machine behind a NAT; PUBLIC/PRIVATE where it has several addresses",
    fallback: () => [],
    fallbackText: "none",
  },
  minPort: {
    kind: wholeNumber("PORT", 1, 65_535),
    help: "first port to relay from",
    fallback: () => 49_152,
  },
  maxPort: {
    kind: wholeNumber("PORT", 1, 65_535),
    help: "last port to relay from",
    fallback: () => 65_535,
  },
  realm: {
    kind: text("NAME", "a name of 1 to 127 characters", 127),
    help: "what the users belong to; keys made by turnadmin hold for one realm",
    fallback: () => "tincan",
  },
  ltCredMech: {
    kind: flag,
    help: "users have long-term credentials, as browsers need it; there is no other way in",
    fallback: () => true,
  },
  user: {
    kind: users,
    help: "a user with a password, or with a key made by turnadmin",
    fallback: () => [],
    fallbackText: "none",
    secret: true,
  },
  useAuthSecret: {
    kind: flag,
    help: "time-limited users, made by web services that know static-auth-secret",
    fallback: () => false,
    fallbackText: "on where there is a secret",
  },
  staticAuthSecret: {
    kind: texts("SECRET", "a secret of 1 to 512 characters"),
    help: "a secret of time-limited users; several while one is being changed",
    fallback: () => [],
    fallbackText: "none",
    secret: true,
  },
  restApiSeparator: {
    kind: text("CHAR", "one character", 1),
    help: "what stands between expiry and id in the names of time-limited users",
    fallback: () => ":",
  },
  staleNonce: {
    kind: nonceLifetime,
    help: "how long a nonce is good for; 0 for as long as the server runs",
    fallback: () => 600,
  },
  fingerprint: {
    kind: flag,
    help: "put FINGERPRINT on every message, not only where the client does",
    fallback: () => false,
  },
  mobility: {
    kind: flag,
    help: "let clients take an allocation along to another network (RFC 8016)",
    fallback: () => false,
  },
  cert: {
    kind: optionalPath("FILE"),
    help: "certificate chain in PEM: turns TLS and DTLS on; needs pkey",
    fallback: () => undefined,
    fallbackText: "none",
  },
  pkey: {
    kind: optionalPath("FILE"),
    help: "private key of the certificate, in PEM",
    fallback: () => undefined,
    fallbackText: "none",
  },
  noUdp: { kind: flag, help: "do not listen on UDP", fallback: () => false },
  noTcp: { kind: flag, help: "take no plain TCP", fallback: () => false },
  noTls: { kind: flag, help: "take no TLS", fallback: () => false },
  noDtls: { kind: flag, help: "take no DTLS", fallback: () => false },
  noUdpRelay: { kind: flag, help: "relay no UDP", fallback: () => false },
  noTcpRelay: { kind: flag, help: "relay no TCP (RFC 6062)", fallback: () => false },
  noCli: {
    kind: flag,
    help: "no telnet console: always so",
    fallback: () => true,
  },
  totalQuota: {
    kind: wholeNumber("COUNT", 0, 1_000_000),
    help: "allocations at a time; 0 for no limit",
    fallback: () => 10_000,
  },
  userQuota: {
    kind: wholeNumber("COUNT", 0, 1_000_000),
    help: "allocations of one user at a time; 0 for no limit",
    fallback: () => 1000,
  },
  maxBps: {
    kind: wholeNumber("BYTES", 0, Number.MAX_SAFE_INTEGER),
    help: "bytes a second of one allocation, each way; 0 for no limit",
    fallback: () => 0,
  },
  bpsCapacity: {
    kind: wholeNumber("BYTES", 0, Number.MAX_SAFE_INTEGER),
    help: "bytes a second of all allocations, each way; 0 for no limit",
    fallback: () => 0,
  },
  allowedPeerIp: {
    kind: peerRanges,
    help: "peers to relay to although they are refused by default or denied",
    fallback: () => [],
    fallbackText: "none",
  },
  deniedPeerIp: {
    kind: peerRanges,
    help: "peers not to relay to, beside private and special addresses",
    fallback: () => [],
    fallbackText: "none",
  },
  allowLoopbackPeers: {
    kind: flag,
    help: "relay to this machine itself, for tests",
    fallback: () => false,
  },
  noMulticastPeers: {
    kind: flag,
    help: "never relay to multicast, even where allowed-peer-ip opens it",
    fallback: () => false,
  },
  maxAllocateLifetime: {
    kind: seconds,
    help: "longest lifetime of an allocation between refreshes",
    fallback: () => 3600,
  },
  channelLifetime: { kind: seconds, help: "lifetime of a channel", fallback: () => 600 },
  permissionLifetime: { kind: seconds, help: "lifetime of a permission", fallback: () => 300 },
  secureStun: {
    kind: flag,
    help: "answer Binding requests to users only",
    fallback: () => false,
  },
  stunOnly: {
    kind: flag,
    help: "answer Binding requests and relay nothing",
    fallback: () => false,
  },
  noStun: { kind: flag, help: "answer no Binding requests", fallback: () => false },
  noSoftwareAttribute: {
    kind: flag,
    help: "do not say which software this is: always so",
    fallback: () => true,
  },
  rfc5780: {
    kind: flag,
    help: "tell clients how their NAT behaves; needs two listening-ip of one family",
    fallback: () => false,
  },
  stunBackwardCompatibility: {
    kind: flag,
    help: "answer clients of RFC 3489, from 2003",
    fallback: () => false,
  },
  rfc5766ChannelNumbers: {
    kind: flag,
    help: "take channel numbers up to 0x7FFE, as RFC 5766 had them",
    fallback: () => false,
  },
  verbose: { kind: flag, help: "log every allocation and refusal", fallback: () => false },
  logFile: {
    kind: logPlace,
    help: "where the log goes; stdout and - stand for standard output",
    fallback: () => undefined,
    fallbackText: "standard error",
  },
  prometheus: { kind: flag, help: "answer /metrics for Prometheus", fallback: () => false },
  prometheusPort: {
    kind: portOf("any that is free"),
    help: "port of /metrics",
    fallback: () => 9641,
  },
  prometheusAddress: {
    kind: address,
    help: "address of /metrics",
    fallback: () => "127.0.0.1",
  },
  drainTimeout: {
    kind: wholeNumber("SECONDS", 0, 86_400),
    help: "how long SIGTERM waits for running allocations to end",
    fallback: () => 30,
  },
};

/** coturn's letters, and other names that it has had for the same thing. */
export const TURN_ALIASES: ReadonlyMap<string, keyof TurnOptions> = new Map([
  ["p", "listeningPort"],
  ["L", "listeningIp"],
  ["E", "relayIp"],
  ["X", "externalIp"],
  ["v", "verbose"],
  ["V", "verbose"],
  ["Verbose", "verbose"],
  ["f", "fingerprint"],
  ["a", "ltCredMech"],
  ["u", "user"],
  ["r", "realm"],
  ["q", "userQuota"],
  ["Q", "totalQuota"],
  ["s", "maxBps"],
  ["B", "bpsCapacity"],
  ["S", "stunOnly"],
  ["l", "logFile"],
  ["C", "restApiSeparator"],
  ["prod", "noSoftwareAttribute"],
  ["allow-peer", "allowedPeerIp"],
]);
