import type { BindingServer, Endpoint } from "../stun/index.ts";
import type { Crypto, Instant, Output } from "../wire/index.ts";
import { Binding } from "./binding.ts";
import { ClientConnection } from "./client-connection.ts";
import type { TurnStats } from "./counters.ts";
import type {
  DatagramReceiver,
  DatagramSocket,
  RelaySockets,
  StreamReceiver,
  StreamSocket,
} from "./ports.ts";
import { type RelayAddress, RelayAddresses } from "./relay-addresses.ts";
import { ServerState } from "./server-state.ts";
import { defaultTurnSettings, type TurnSettings } from "./settings.ts";
import type { TurnServerEvent } from "./turn-server-event.ts";
import { UdpListener } from "./udp-listener.ts";
import type { UserDirectory } from "./users.ts";

/** What a server is made of. */
export interface TurnServerOptions {
  readonly crypto: Crypto;
  readonly sockets: RelaySockets;
  /** Where it relays from. */
  readonly relays: readonly RelayAddress[];
  /** Who may use it; there is no anonymous relay. */
  readonly users: UserDirectory;
  /** What differs from `defaultTurnSettings`. */
  readonly settings?: Partial<TurnSettings>;
  /** Answers Binding requests; without it they are not answered. */
  readonly binding?: BindingServer;
  /** Look at messages of RFC 3489 too; the binding server has to agree. */
  readonly classic?: boolean;
}

/**
 * A TURN server (RFC 8656, RFC 6062, RFC 8016) without sockets and clock.
 *
 * Packets come in through what `listen`, `accept` and the relay sockets answer, and go out through
 * the sockets at once: the relayed ones are too many for a queue. What remains of the Machine
 * contract is here: after whatever was called, poll the events and mind the deadline.
 */
export class TurnServer {
  readonly #state: ServerState;
  readonly #binding: Binding;
  readonly #classic: boolean;

  constructor(options: TurnServerOptions) {
    const { crypto, sockets, relays, users, binding, classic } = options;
    const settings = { ...defaultTurnSettings, ...options.settings };
    const addresses = new RelayAddresses(relays, crypto);
    this.#state = new ServerState(crypto, sockets, addresses, users, settings);
    this.#binding = new Binding(this.#state, binding);
    this.#classic = classic ?? false;
  }

  /** Serves clients on a UDP socket; `endpoint` says which of the four of RFC 5780 it is. */
  listen(socket: DatagramSocket, endpoint?: Endpoint): DatagramReceiver {
    if (endpoint !== undefined) this.#binding.addEndpoint(endpoint, socket);
    return new UdpListener(this.#state, this.#binding, socket, endpoint, this.#classic);
  }

  /** Serves a client on a connection that was made. */
  accept(socket: StreamSocket, transport: "tcp" | "tls" | "dtls", now: Instant): StreamReceiver {
    return new ClientConnection(this.#state, this.#binding, socket, transport, now);
  }

  handleTimeout(now: Instant): void {
    const { deadlines } = this.#state;
    for (let due = deadlines.expire(now); due !== undefined; due = deadlines.expire(now)) {
      due.expire(now);
    }
  }

  poll(): Output<never, TurnServerEvent> | undefined {
    return this.#state.events.poll();
  }

  get deadline(): Instant | undefined {
    return this.#state.deadlines.deadline;
  }

  /** The settings as they are now. */
  get settings(): TurnSettings {
    return this.#state.settings;
  }

  /** Takes other settings without dropping an allocation; the realm stays, since keys are made from it. */
  reconfigure(settings: Partial<Omit<TurnSettings, "realm">>): void {
    this.#state.changeSettings({ ...this.#state.settings, ...settings });
  }

  /** Takes other users and secrets; who is here stays. */
  changeUsers(users: UserDirectory): void {
    this.#state.changeUsers(users);
  }

  /** From now on no new allocations; `drained` is told when the last one has ended. */
  drain(): void {
    if (this.#state.isDraining) return;
    this.#state.isDraining = true;
    this.#state.reservations.clear();
    if (this.#state.allocations.size === 0) this.#state.events.event({ type: "drained" });
  }

  /** Ends everything at once. */
  close(): void {
    this.drain();
    for (const allocation of this.#state.allocations) allocation.end("server-closed");
  }

  stats(): TurnStats {
    const state = this.#state;
    return {
      counters: state.counters,
      allocations: state.allocations.size,
      users: state.quotas.users,
      permissions: state.permissionCount,
      channels: state.channelCount,
      reservations: state.reservations.size,
      tickets: state.tickets.size,
      relayPorts: state.addresses.taken,
      tcpConnections: state.peerConnections.size,
      isDraining: state.isDraining,
    };
  }
}
