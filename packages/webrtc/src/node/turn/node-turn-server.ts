import type { Socket } from "node:net";
import type { SecureContextOptions } from "node:tls";
import type { LocalCertificate } from "../../dtls/index.ts";
import {
  defaultTurnSettings,
  TurnServer,
  type TurnServerEvent,
  type TurnSettings,
  type TurnStats,
  type UserDirectory,
  Users,
} from "../../turn/index.ts";
import type { TransportAddress } from "../../wire/index.ts";
import { nodeCrypto } from "../crypto.ts";
import { DgramEngine } from "../udp/dgram-engine.ts";
import { segmentedSends } from "../udp/segmented-sends.ts";
import type { EngineSocket, UdpEngine } from "../udp/udp-engine.ts";
import { ClientStreams } from "./client-streams.ts";
import { DtlsClients } from "./dtls-listener.ts";
import {
  bindingServer,
  type ListeningEndpoint,
  listeningEndpoints,
} from "./listening-endpoints.ts";
import { relaySockets } from "./relay-sockets.ts";
import { Settling } from "./settling.ts";
import { defaultStreamLimits, type StreamLimits } from "./stream-admission.ts";
import { TurnBindError } from "./turn-bind-error.ts";
import type { NodeTurnServerOptions, TurnUsers } from "./turn-server-options.ts";

/** What `stats` answers: the machine's numbers, and those of the sockets. */
export interface NodeTurnStats extends TurnStats {
  /** TCP, TLS and DTLS connections of clients. */
  readonly streams: number;
  /** Connections refused for `streamLimits`. */
  readonly streamsRefused: number;
  /** Datagrams that the network did not take. */
  readonly datagramsLost: number;
}

/**
 * Starts a TURN server (RFC 8656, 6062, 8016) on this machine's sockets; throws a `TurnBindError`
 * that names the address where one is not to be had, and leaves nothing open then.
 */
export async function startTurnServer(options: NodeTurnServerOptions): Promise<NodeTurnServer> {
  const server = new NodeTurnServer(options);
  try {
    await server.open();
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** A TURN server on UDP, TCP and TLS; `startTurnServer` makes one. */
export class NodeTurnServer {
  readonly #options: NodeTurnServerOptions;
  readonly #engine: UdpEngine;
  readonly #server: TurnServer;
  readonly #settling: Settling;
  readonly #streams: ClientStreams;
  readonly #dtls: DtlsClients | undefined;
  readonly #udp: EngineSocket[] = [];
  #drained: Promise<void> | undefined;
  #onDrained: () => void = () => undefined;
  #isClosed = false;

  constructor(options: NodeTurnServerOptions) {
    const { relays, settings, users, classic = false } = options;
    const engine = options.engine ?? new DgramEngine(segmentedSends);
    const settle = (): void => this.#settling.soon();
    this.#options = options;
    this.#engine = engine;
    this.#server = new TurnServer({
      crypto: nodeCrypto,
      sockets: relaySockets(engine, settle),
      relays,
      users: directoryOf(users, settings?.realm ?? defaultTurnSettings.realm),
      classic,
      ...(settings !== undefined && { settings }),
      ...(options.stun !== false && { binding: bindingServer(options) }),
    });
    this.#settling = new Settling(
      this.#server,
      () => engine.flush(),
      (event) => this.#on(event),
    );
    const limits = { ...defaultStreamLimits, ...options.streamLimits };
    this.#dtls =
      options.dtls &&
      new DtlsClients({
        certificate: options.dtls,
        limits,
        buffer: (length) => engine.buffer(length),
        accept: (socket, now) => this.#server.accept(socket, "dtls", now),
        settle,
      });
    this.#streams = new ClientStreams({
      limits,
      plainTcp: options.plainTcp ?? true,
      tls: options.tls,
      accept: (socket, transport, now) => this.#server.accept(socket, transport, now),
      settle,
    });
  }

  /** Opens the ports; called by `startTurnServer`. */
  async open(): Promise<void> {
    for (const endpoint of listeningEndpoints(this.#options)) await this.#listen(endpoint);
    for (const address of this.#options.streams ?? []) await this.#streams.listen(address);
  }

  /** Where it listens, with the ports that were found where 0 was asked for. */
  get addresses(): {
    readonly udp: readonly TransportAddress[];
    readonly streams: readonly TransportAddress[];
  } {
    return { udp: this.#udp.map(({ local }) => local), streams: this.#streams.addresses };
  }

  /**
   * Serves a connection that was accepted elsewhere: a `TLSSocket` after its handshake, or a plain
   * TCP socket. What was read of it already has to be put back by `unshift`.
   */
  handleStream(socket: Socket): void {
    this.#streams.take(socket);
  }

  /** Takes other settings without dropping an allocation; the realm stays. */
  reconfigure(settings: Partial<Omit<TurnSettings, "realm">>): void {
    this.#server.reconfigure(settings);
    this.#settling.soon();
  }

  /** Takes other users and secrets; who is here stays. */
  changeUsers(users: TurnUsers): void {
    this.#server.changeUsers(directoryOf(users, this.#server.settings.realm));
  }

  /** Takes another certificate for the handshakes that come; TLS and DTLS have to be on from the start. */
  changeCertificate(tls: SecureContextOptions, dtls?: LocalCertificate): void {
    this.#streams.changeCertificate(tls);
    if (this.#dtls !== undefined && dtls !== undefined) this.#dtls.certificate = dtls;
  }

  /** Takes other limits for the connections that come. */
  changeStreamLimits(limits: Partial<StreamLimits>): void {
    this.#streams.changeLimits(limits);
    this.#dtls?.changeLimits(limits);
  }

  /** Makes no new allocations; fulfilled when the last one has ended. */
  drain(): Promise<void> {
    this.#drained ??= new Promise((resolve) => {
      this.#onDrained = resolve;
    });
    this.#server.drain();
    this.#settling.soon();
    return this.#drained;
  }

  /** Ends everything and frees the ports. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#server.close();
    this.#settling.stop();
    this.#streams.close();
    this.#dtls?.close();
    for (const socket of this.#udp) socket.close();
    this.#onDrained();
    // Closed handles are given back to the system at the end of the event loop's turn.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** What it has done since it started, and what there is at the moment. */
  stats(): NodeTurnStats {
    return {
      ...this.#server.stats(),
      streams: this.#streams.open + (this.#dtls?.admission.open ?? 0),
      streamsRefused: this.#streams.refused + (this.#dtls?.admission.refused ?? 0),
      datagramsLost: this.#engine.lost,
    };
  }

  #listen({ address, endpoint }: ListeningEndpoint): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#engine.open(address, (outcome) => {
        if (outcome instanceof Error) {
          reject(new TurnBindError("udp", address, outcome));
          return;
        }
        this.#udp.push(outcome);
        const receiver = this.#server.listen(outcome, endpoint);
        outcome.start(this.#dtls?.listen(outcome, receiver) ?? receiver, () =>
          this.#settling.soon(),
        );
        resolve();
      });
    });
  }

  #on(event: TurnServerEvent): void {
    if (event.type === "drained") this.#onDrained();
    this.#options.onEvent?.(event);
  }
}

function directoryOf(users: TurnUsers, realm: string): UserDirectory {
  if ("keysOf" in users) return users;
  const unixTimeS = (): number => Math.floor(Date.now() / 1000);
  return new Users({ crypto: nodeCrypto, realm, unixTimeS, ...users });
}
