import { MAX_CAPACITY } from "@tincan/signaling";
import {
  choice,
  hostAddress,
  optionalPath,
  origins,
  path,
  portNumber,
  wholeNumber,
} from "./kinds.ts";
import type { OptionTable } from "./option.ts";
import { userDataFolder } from "./user-data-folder.ts";

/** The settings of `tincan serve`. */
export interface ServeOptions {
  readonly port: number;
  readonly httpPort: number;
  /** Where HTTPS listens; `undefined` means on all interfaces. */
  readonly host: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly dataDir: string;
  readonly roomSize: number;
  readonly allowOrigin: readonly string[];
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "silent";

export type LogFormat = "pretty" | "json";

/** The one table from which flags, variables, config keys, help and checks are made. */
export const SERVE_OPTIONS: OptionTable<ServeOptions> = {
  port: {
    kind: portNumber,
    help: "port for HTTPS, for every device on the network",
    fallback: () => 8443,
  },
  httpPort: {
    kind: portNumber,
    help: "port for plain http, on 127.0.0.1 only, where browsers trust it",
    fallback: () => 8080,
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
