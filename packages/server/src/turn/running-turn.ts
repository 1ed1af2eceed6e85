import { type NodeTurnServer, TurnBindError } from "@tincan/webrtc/node";
import type { RelayAddress } from "@tincan/webrtc/turn";
import { formatAddress } from "@tincan/webrtc/wire";
import { Registry } from "prom-client";
import type { ServerCertificate } from "../certificate/server-certificate.ts";
import type { Logger } from "../log.ts";
import { optionKey } from "../options/option.ts";
import { ServerError, systemCode } from "../server-error.ts";
import { logTurnEvent } from "./log-turn-event.ts";
import { type MetricsEndpoint, openMetrics } from "./metrics-endpoint.ts";
import { openTurn } from "./open-turn.ts";
import { type OwnAddresses, ownAddresses } from "./own-addresses.ts";
import type { ReadTurnOptions } from "./read-turn-options.ts";
import { readTurnCertificate } from "./turn-certificate.ts";
import { registerTurnMetrics } from "./turn-metrics.ts";
import type { TurnOptions } from "./turn-options.ts";
import { planSettings, planTurn, planUsers } from "./turn-plan.ts";

/** A TURN server that runs alone, as its file says. */
export class RunningTurn {
  readonly server: NodeTurnServer;
  readonly certificate: ServerCertificate | undefined;
  readonly metrics: MetricsEndpoint | undefined;
  /** Where it relays from. */
  readonly relays: readonly RelayAddress[];
  readonly #log: Logger;
  #options: ReadTurnOptions;

  private constructor(parts: Parts) {
    this.#options = parts.options;
    this.server = parts.server;
    this.certificate = parts.certificate;
    this.metrics = parts.metrics;
    this.relays = parts.relays;
    this.#log = parts.log;
  }

  /** Starts it; throws a `ServerError` that names file, line, option and cure. */
  static async start(options: ReadTurnOptions, log: Logger): Promise<RunningTurn> {
    const own = ownAddresses();
    const { values } = options;
    const plan = planTurn(options, own);
    for (const warning of [...options.warnings, ...plan.warnings]) log.warn(warning);
    const secure = await readTurnCertificate(options, plan);
    const server = await openTurn(
      {
        ...plan.server,
        ...(secure?.tls !== undefined && { tls: secure.tls }),
        ...(secure?.dtls !== undefined && { dtls: secure.dtls }),
        onEvent: logTurnEvent(log, "--allowed-peer-ip"),
      },
      (ip) => values.listeningIp.includes(ip) || values.relayIp.includes(ip),
    ).catch((error) => {
      throw error instanceof TurnBindError ? bindError(error, options, own) : error;
    });
    try {
      const metrics = values.prometheus ? await openTurnMetrics(server, values) : undefined;
      const { relays } = plan.server;
      const certificate = secure?.certificate;
      return new RunningTurn({ options, server, certificate, metrics, relays, log });
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Takes users, secrets, certificate, quotas and peer rules of another reading; no allocation ends. */
  async reload(next: ReadTurnOptions): Promise<void> {
    const plan = planTurn(next, ownAddresses());
    const secure = await readTurnCertificate(next, plan);
    const { realm: _, ...settings } = planSettings(next.values);
    const { realm } = this.#options.values;
    this.server.reconfigure(settings);
    // Keys are made from the realm, which stays.
    this.server.changeUsers(planUsers(next.values));
    if (secure !== undefined) this.server.changeCertificate(secure.tls ?? {}, secure.dtls);
    for (const warning of [...next.warnings, ...plan.warnings]) this.#log.warn(warning);
    for (const name of FIXED) {
      if (JSON.stringify(next.values[name]) === JSON.stringify(this.#options.values[name]))
        continue;
      this.#log.warn(`${next.placeOf(name)}: takes effect at the next start`);
    }
    this.#options = { ...next, values: { ...next.values, realm } };
  }

  /** No new allocations; fulfilled when those that run have ended, or after the time that is set. */
  async drain(): Promise<void> {
    const { drainTimeout } = this.#options.values;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, drainTimeout * 1000);
    });
    await Promise.race([this.server.drain(), patience]);
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    this.metrics?.close();
    await this.server.close();
  }
}

interface Parts extends Pick<RunningTurn, "server" | "certificate" | "metrics" | "relays"> {
  readonly options: ReadTurnOptions;
  readonly log: Logger;
}

/** What cannot change while the server runs. */
const FIXED: readonly (keyof TurnOptions)[] = [
  "listeningPort",
  "tlsListeningPort",
  "altListeningPort",
  "listeningIp",
  "relayIp",
  "externalIp",
  "minPort",
  "maxPort",
  "realm",
  "noUdp",
  "noTcp",
  "noTls",
  "noDtls",
  "noStun",
  "rfc5780",
  "stunBackwardCompatibility",
  "logFile",
  "verbose",
  "prometheus",
  "prometheusPort",
  "prometheusAddress",
];

async function openTurnMetrics(
  server: NodeTurnServer,
  { prometheusAddress, prometheusPort }: TurnOptions,
): Promise<MetricsEndpoint> {
  const registry = new Registry();
  registerTurnMetrics(registry, () => server.stats());
  return openMetrics(registry, { host: prometheusAddress, port: prometheusPort });
}

/** Why it cannot listen, and what to do. */
function bindError(
  error: TurnBindError,
  { values, placeOf }: ReadTurnOptions,
  own: OwnAddresses,
): ServerError {
  const { address, transport } = error;
  const code = systemCode(error.cause);
  const isTlsPort =
    address.port === values.tlsListeningPort && address.port !== values.listeningPort;
  const port = isTlsPort ? "tlsListeningPort" : "listeningPort";
  const where = `${transport.toUpperCase()} ${formatAddress(address)}`;
  const fail = (sentence: string): ServerError =>
    new ServerError("cannot-listen", sentence, { cause: error });
  switch (code) {
    case "EADDRINUSE":
      return fail(
        `${placeOf(port)}: ${where} is in use by another program; stop that (coturn, perhaps), or give another ${optionKey(port)}`,
      );
    case "EACCES":
      return fail(
        `${placeOf(port)}: this user may not listen on ${where}; give an ${optionKey(port)} above 1023`,
      );
    case "EADDRNOTAVAIL":
      return fail(
        `${placeOf("listeningIp", address.ip)}: ${address.ip} is not an address of this machine, which has ${[...own.network, ...own.loopback].join(", ")}; give one of these, or leave listening-ip out to listen on all`,
      );
    default:
      return fail(
        `${placeOf("listeningIp", address.ip)}: cannot listen on ${where} (${code ?? error.message})`,
      );
  }
}
