import { MAX_CAPACITY } from "@tincan/signaling";
import {
  externalIpList,
  optionalSecret,
  portRange,
  stunServers,
  turnServerUrls,
} from "../turn/turn-kinds.ts";
import {
  addressRanges,
  choice,
  domainName,
  emailAddress,
  flag,
  hostAddress,
  optionalPath,
  optionalPort,
  origins,
  path,
  portNumber,
  requiredHost,
  serviceUrl,
  wholeNumber,
} from "./kinds.ts";
import type { OptionTable } from "./option.ts";
import { userDataFolder } from "./user-data-folder.ts";

/** The settings of `tincan serve`. */
export interface ServeOptions {
  /** The server's name in the DNS, for which a certificate is fetched. */
  readonly domain: string | undefined;
  readonly acmeDirectory: string;
  readonly acmeEmail: string | undefined;
  readonly port: number;
  readonly httpPort: number;
  readonly httpHost: string;
  /** Plain http for everybody, which leads to HTTPS and answers the certificate authority. */
  readonly redirectPort: number | undefined;
  /** Where HTTPS listens; `undefined` means on all interfaces. */
  readonly host: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly dataDir: string;
  readonly roomSize: number;
  readonly allowOrigin: readonly string[];
  readonly embedOrigin: readonly string[];
  /** Whose X-Forwarded-* headers are believed. */
  readonly behindProxy: readonly string[];
  /** Who may read `/metrics`. */
  readonly metricsAllow: readonly string[];
  readonly reports: "on" | "off";
  /** How many seconds running calls are waited for at SIGTERM. */
  readonly drainTimeout: number;
  /** The port of STUN and TURN, UDP and TCP. */
  readonly turnPort: number;
  /** `FIRST-LAST` */
  readonly relayPorts: string;
  /** `PUBLIC` or `PUBLIC/PRIVATE` */
  readonly externalIp: readonly string[];
  /** STUN servers outside, which tell it where `externalIp` does not. */
  readonly externalIpFrom: readonly string[];
  readonly allowPeer: readonly string[];
  readonly noTurn: boolean;
  /** Somebody else's servers, instead of the embedded one. */
  readonly turnUrl: readonly string[];
  readonly turnSecret: string | undefined;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "silent";

export type LogFormat = "pretty" | "json";

/** The one table from which flags, variables, config keys, help and checks are made. */
export const SERVE_OPTIONS: OptionTable<ServeOptions> = {
  domain: {
    kind: domainName,
    help: "name of this server in the DNS: fetches and renews a certificate for it, and thereby agrees to the terms of the certificate authority",
    fallback: () => undefined,
    fallbackText: "none",
  },
  acmeEmail: {
    kind: emailAddress,
    help: "where the certificate authority of --domain may write to",
    fallback: () => undefined,
    fallbackText: "none",
  },
  acmeDirectory: {
    kind: serviceUrl,
    help: "ACME directory of the certificate authority of --domain",
    fallback: () => LETS_ENCRYPT,
    fallbackText: "Let's Encrypt",
  },
  port: {
    kind: portNumber,
    help: "port for HTTPS, for every device on the network",
    fallback: (_surroundings, { domain }) => (domain === undefined ? 8443 : 443),
    fallbackText: "8443, with --domain 443",
  },
  redirectPort: {
    kind: optionalPort,
    help: "port for plain http, for every device: leads to HTTPS, and answers the certificate authority of --domain",
    fallback: (_surroundings, { domain }) => (domain === undefined ? undefined : 80),
    fallbackText: "off, with --domain 80",
  },
  httpPort: {
    kind: portNumber,
    help: "port for plain http, on 127.0.0.1 only, where browsers trust it, and for a proxy",
    fallback: () => 8080,
  },
  httpHost: {
    kind: requiredHost,
    help: "address that --http-port listens on; another one is for a proxy on another machine",
    fallback: () => "127.0.0.1",
  },
  host: {
    kind: hostAddress,
    help: "address that HTTPS listens on",
    fallback: () => undefined,
    fallbackText: "all interfaces",
  },
  cert: {
    kind: optionalPath("FILE"),
    help: "certificate chain in PEM, instead of a self-signed one; needs --key",
    fallback: () => undefined,
    fallbackText: "self-signed, in the data folder",
  },
  key: {
    kind: optionalPath("FILE"),
    help: "private key of the certificate, in PEM",
    fallback: () => undefined,
    fallbackText: "self-signed, in the data folder",
  },
  dataDir: {
    kind: path("FOLDER"),
    help: "folder for the certificate and the secrets, made if it is missing",
    fallback: ({ env }) => userDataFolder(env),
  },
  roomSize: {
    kind: wholeNumber("SEATS", 2, MAX_CAPACITY),
    help: "how many people fit into a room",
    fallback: () => 2,
  },
  allowOrigin: {
    kind: origins,
    help: "another site whose pages may connect to the signaling",
    fallback: () => [],
    fallbackText: "only this server's own page",
  },
  embedOrigin: {
    kind: origins,
    help: "another site whose pages may show calls of this server in a frame",
    fallback: () => [],
    fallbackText: "only this server's own page",
  },
  behindProxy: {
    kind: addressRanges,
    help: "addresses of reverse proxies whose X-Forwarded-* headers are believed",
    fallback: () => [],
    fallbackText: "none",
  },
  metricsAllow: {
    kind: addressRanges,
    help: "addresses that may read /metrics, beside this machine's own",
    fallback: () => [],
    fallbackText: "none",
  },
  reports: {
    kind: choice("SWITCH", ["on", "off"]),
    help: "whether browsers may report how connecting went, for /metrics: on or off",
    fallback: () => "on",
  },
  drainTimeout: {
    kind: wholeNumber("SECONDS", 0, 86_400),
    help: "how long SIGTERM waits for running calls to end",
    fallback: () => 30,
  },
  turnPort: {
    kind: portNumber,
    help: "port for STUN and TURN, by UDP and TCP: calls come through it where browsers cannot reach each other",
    fallback: () => 3478,
  },
  relayPorts: {
    kind: portRange,
    help: "UDP ports that TURN relays from",
    fallback: () => "49152-65535",
  },
  externalIp: {
    kind: externalIpList,
    help: "how the internet sees this machine behind a NAT, for TURN; PUBLIC/PRIVATE where it has several addresses",
    fallback: () => [],
    fallbackText: "none",
  },
  externalIpFrom: {
    kind: stunServers,
    help: "STUN servers outside that are asked at the start how the internet sees this machine, in place of --external-ip",
    fallback: () => [],
    fallbackText: "none",
  },
  allowPeer: {
    kind: addressRanges,
    help: "private addresses that TURN may relay to all the same",
    fallback: () => [],
    fallbackText: "none",
  },
  noTurn: {
    kind: flag,
    help: "start no TURN server",
    fallback: () => false,
    fallbackText: "no",
  },
  turnUrl: {
    kind: turnServerUrls,
    help: "STUN or TURN server of somebody else, handed out instead of the embedded one; needs --turn-secret",
    fallback: () => [],
    fallbackText: "none",
  },
  turnSecret: {
    kind: optionalSecret,
    help: "secret that TURN users are made with (coturn's static-auth-secret)",
    fallback: () => undefined,
    fallbackText: "made at the first start, in the data folder",
    secret: true,
  },
  logLevel: {
    kind: choice("LEVEL", ["trace", "debug", "info", "warn", "error", "silent"]),
    help: "how much to log: trace, debug, info, warn, error or silent",
    fallback: () => "info",
  },
  logFormat: {
    kind: choice("FORMAT", ["pretty", "json"]),
    help: "pretty for people, json for machines",
    fallback: ({ isTerminal }) => (isTerminal ? "pretty" : "json"),
    fallbackText: "pretty on a terminal, else json",
  },
};

/** The production directory of Let's Encrypt. */
const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";
