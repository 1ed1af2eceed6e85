import { lookup } from "node:dns/promises";
import type { IncomingMessage } from "node:http";
import { isIP, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { IceServerInfo } from "@tincan/signaling";
import { type NodeTurnServer, type NodeTurnStats, TurnBindError } from "@tincan/webrtc/node";
import { defaultTurnSettings, type RelayAddress } from "@tincan/webrtc/turn";
import { canonicalIp } from "@tincan/webrtc/wire";
import type { Logger } from "../log.ts";
import type { ServeOptions } from "../options/serve-options.ts";
import { ServerError, systemCode } from "../server-error.ts";
import {
  stunHosts,
  stunUrl,
  type TurnReach,
  turnUrls,
  type Visit,
  withCredentials,
} from "./ice-servers.ts";
import { logTurnEvent } from "./log-turn-event.ts";
import { openTurn } from "./open-turn.ts";
import { type OwnAddresses, ownAddresses } from "./own-addresses.ts";
import { openSecondStunPort, type SecondStunPort } from "./second-stun-port.ts";
import { type ExternalIp, type PortRange, readExternalIp, readPortRange } from "./turn-kinds.ts";
import { isInContainer, unreachableRelays } from "./unreachable-relays.ts";

/** What the server inside `tincan serve` is made with. */
export interface EmbeddedTurnOptions {
  readonly settings: Pick<
    ServeOptions,
    "turnPort" | "relayPorts" | "externalIp" | "allowPeer" | "host" | "domain"
  >;
  readonly secret: string;
  readonly securePort: number;
  /** Whether browsers can check the certificate of HTTPS. */
  readonly isProven: () => boolean;
  /** Whether a request came through a proxy that speaks TLS in our place. */
  readonly isProxied: (request: IncomingMessage) => boolean;
  readonly log: Logger;
}

/** The TURN server beside page and signaling, and what browsers are told of it. */
export class EmbeddedTurn {
  readonly port: number;
  readonly #options: EmbeddedTurnOptions;
  readonly #server: NodeTurnServer;
  readonly #networkIp: string | undefined;
  readonly #second: SecondStunPort | undefined;

  private constructor(
    options: EmbeddedTurnOptions,
    server: NodeTurnServer,
    port: number,
    networkIp: string | undefined,
    second: SecondStunPort | undefined,
  ) {
    this.#options = options;
    this.#server = server;
    this.port = port;
    this.#networkIp = networkIp;
    this.#second = second;
  }

  /** Listens on UDP and TCP, where HTTPS does. */
  static async start(options: EmbeddedTurnOptions): Promise<EmbeddedTurn> {
    const { settings, secret, log } = options;
    const own = ownAddresses();
    const given = await hostIps(settings.host);
    const ips = given ?? [...own.network, ...own.loopback];
    const relays = relaysOf(settings, given, own);
    const places = ips.map((ip) => ({ ip, port: settings.turnPort }));
    const server = await openTurn(
      {
        udp: places,
        streams: places,
        relays,
        users: { secrets: [secret] },
        settings: {
          realm: REALM,
          limits: { ...defaultTurnSettings.limits, allocationsPerUser: ALLOCATIONS_PER_SEAT },
          peers: { allow: settings.allowPeer },
        },
        onEvent: logTurnEvent(log, "--allow-peer"),
      },
      (ip) => given?.includes(ip) === true,
    ).catch((error) => {
      throw error instanceof TurnBindError ? bindError(error) : error;
    });
    const { udp } = server.addresses;
    const port = udp[0]?.port ?? settings.turnPort;
    const open = udp.map(({ ip }) => ip);
    const second = await openSecondStunPort(open, port, settings.turnPort === 0);
    const networkIp = given === undefined ? own.network[0] : given[0];
    log.info({ port }, "STUN and TURN listen, by UDP and TCP");
    if (second === undefined) {
      log.info(
        { port: port + 1 },
        "no second port for STUN: /doctor tells less of a visitor's NAT",
      );
    }
    const warning = unreachableRelays(relays, {
      isPublic: settings.domain !== undefined,
      isContainer: isInContainer(),
    });
    if (warning !== undefined) log.warn(warning);
    return new EmbeddedTurn(options, server, port, networkIp, second);
  }

  /** What a browser that takes a seat is told; made anew each time, since it ends. */
  iceServers(peer: string, request: IncomingMessage): readonly IceServerInfo[] {
    const visit = { host: request.headers.host, via: this.#via(request) };
    const { stun, turn } = turnUrls(this.#reach(), visit);
    return [{ urls: stun }, withCredentials(turn, this.#options.secret, peer, Date.now())];
  }

  /** Two ports of one address, to see by whether a NAT gives each its own; none without a second one. */
  stunPair(request: IncomingMessage): readonly string[] {
    const [host] = stunHosts(this.#reach(), request.headers.host);
    if (this.#second === undefined || host === undefined) return [];
    return [stunUrl(host, this.port), stunUrl(host, this.#second.port)];
  }

  /** Serves a connection that came to the HTTPS port and speaks TURN. */
  handleStream(socket: Socket): void {
    this.#server.handleStream(socket);
  }

  /** From now on no new allocations (508); those that run can be refreshed, and carry on. */
  drain(): void {
    void this.#server.drain();
  }

  stats(): NodeTurnStats {
    return this.#server.stats();
  }

  close(): Promise<void> {
    this.#second?.close();
    return this.#server.close();
  }

  #reach(): TurnReach {
    const { settings, securePort, isProven } = this.#options;
    return {
      turnPort: this.port,
      securePort,
      isProven: isProven(),
      externalIps: externalIps(settings).map(({ external }) => external),
      domain: settings.domain,
      networkIp: this.#networkIp,
    };
  }

  #via(request: IncomingMessage): Visit["via"] {
    if (this.#options.isProxied(request)) return "proxy";
    return request.socket instanceof TLSSocket ? "front" : "plain";
  }
}

/** Short, so that a challenge stays small (see `TurnSettings`). */
const REALM = "tincan";

/** Seven peers; for each, every URL over every network of a device that has many. */
const ALLOCATIONS_PER_SEAT = 300;

/** The addresses that `--host` stands for; `undefined` for all of this machine. */
async function hostIps(host: string | undefined): Promise<readonly string[] | undefined> {
  if (host === undefined || host === "::" || host === "0.0.0.0") return undefined;
  const ip = canonicalIp(host);
  if (ip !== undefined) return [ip];
  const found = await lookup(host, { all: true });
  return [...new Set(found.flatMap(({ address }) => canonicalIp(address) ?? []))];
}

/** Relays stand on every address at which others reach this machine; only where there is none, on loopback. */
function relaysOf(
  settings: EmbeddedTurnOptions["settings"],
  given: readonly string[] | undefined,
  own: OwnAddresses,
): readonly RelayAddress[] {
  const ips = given ?? (own.network.length > 0 ? own.network : own.loopback);
  const externals = externalIps(settings);
  const { first, last } = relayPorts(settings.relayPorts);
  return ips.map((ip) => {
    const external = externalOf(ip, externals);
    return {
      ip,
      firstPort: first,
      lastPort: last,
      ...(external !== undefined && { externalIp: external }),
    };
  });
}

function externalIps({ externalIp }: EmbeddedTurnOptions["settings"]): readonly ExternalIp[] {
  return externalIp.flatMap((text) => readExternalIp(text) ?? []);
}

/** Options from a program have not been checked as those of the command line. */
function relayPorts(text: string): PortRange {
  const range = readPortRange(text);
  if (range !== undefined) return range;
  throw new ServerError("bad-value", `--relay-ports: "${text}" will not do; give FIRST-LAST`);
}

function externalOf(ip: string, given: readonly ExternalIp[]): string | undefined {
  const exact = given.find(({ internal }) => internal === ip);
  const general = given.find(
    ({ internal, external }) => internal === undefined && isIP(external) === isIP(ip),
  );
  return (exact ?? general)?.external;
}

function bindError(error: TurnBindError): ServerError {
  const { transport, address } = error;
  const port = `${transport.toUpperCase()} port ${address.port}`;
  const code = systemCode(error.cause);
  const sentences: Readonly<Record<string, string>> = {
    EADDRINUSE: `--turn-port: ${port} is in use by another program; stop that, or choose another port, for example --turn-port ${address.port < 65_535 ? address.port + 1 : 3478}, or give --no-turn`,
    EACCES: `--turn-port: this user may not listen on ${port}; choose one above 1023, for example --turn-port 3478`,
  };
  const sentence =
    sentences[code ?? ""] ??
    `--turn-port: cannot listen on ${address.ip} ${port} (${code ?? error.message}); give --no-turn to do without`;
  return new ServerError("cannot-listen", sentence, { cause: error });
}
