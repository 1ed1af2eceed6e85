import { type Instant, sameAddress, type TransportAddress } from "../wire/index.ts";
import { firstChannel, lastChannel } from "./channel-data.ts";
import { TurnError } from "./turn-error.ts";

/** A permission that the client keeps alive. */
export interface ClientPermission {
  readonly ip: string;
  /** When to ask again; `undefined` while an answer is waited for. */
  refreshAt: Instant | undefined;
}

/** A channel that the client keeps alive. */
export interface ClientChannel {
  readonly number: number;
  readonly peer: TransportAddress;
  refreshAt: Instant | undefined;
  isBound: boolean;
}

/** The peers of a client's allocation: whose data it takes, and over which channels. */
export class ClientPeers {
  readonly permissions: Map<string, ClientPermission> = new Map();
  readonly #byPeer = new Map<string, Map<number, ClientChannel>>();
  readonly #byNumber = new Map<number, ClientChannel>();
  #nextNumber = firstChannel;

  channelOf(peer: TransportAddress): ClientChannel | undefined {
    return this.#byPeer.get(peer.ip)?.get(peer.port);
  }

  channelByNumber(number: number): ClientChannel | undefined {
    return this.#byNumber.get(number);
  }

  channels(): IterableIterator<ClientChannel> {
    return this.#byNumber.values();
  }

  /** A new channel; numbers are not used again, since the server may still have an old binding (RFC 8656 §12). */
  addChannel(peer: TransportAddress): ClientChannel {
    if (this.#nextNumber > lastChannel) {
      throw new TurnError("no-channel-left", "all channel numbers of this allocation are used");
    }
    const channel: ClientChannel = {
      number: this.#nextNumber,
      peer,
      refreshAt: undefined,
      isBound: false,
    };
    this.#nextNumber += 1;
    this.#byNumber.set(channel.number, channel);
    const ports = this.#byPeer.get(peer.ip) ?? new Map<number, ClientChannel>();
    this.#byPeer.set(peer.ip, ports.set(peer.port, channel));
    return channel;
  }

  /** Lets a channel end; until then data on it is still understood. */
  removeChannel(channel: ClientChannel): void {
    this.#byNumber.delete(channel.number);
    const { ip, port } = channel.peer;
    const ports = this.#byPeer.get(ip);
    const current = ports?.get(port);
    if (current !== undefined && sameAddress(current.peer, channel.peer)) ports?.delete(port);
    if (ports?.size === 0) this.#byPeer.delete(ip);
  }

  /** When something wants refreshing. */
  get deadline(): Instant | undefined {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { refreshAt } of this.permissions.values()) {
      earliest = Math.min(earliest, refreshAt ?? earliest);
    }
    for (const { refreshAt } of this.#byNumber.values()) {
      earliest = Math.min(earliest, refreshAt ?? earliest);
    }
    return earliest === Number.POSITIVE_INFINITY ? undefined : earliest;
  }

  clear(): void {
    this.permissions.clear();
    this.#byPeer.clear();
    this.#byNumber.clear();
  }
}
