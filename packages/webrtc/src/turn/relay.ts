import type { Instant, TransportAddress } from "../wire/index.ts";
import type { Allocation } from "./allocation.ts";
import type { IcmpError } from "./attributes.ts";
import { channelHeaderLength, paddedLength, writeChannelHeader } from "./channel-data.ts";
import { sendData, sendIcmp } from "./data-indication.ts";
import { type Family, familyOf } from "./methods.ts";
import type { Channel, Permission } from "./permission.ts";
import type { RelayReceiver, RelaySocket } from "./ports.ts";
import type { TakenPort } from "./relay-addresses.ts";
import type { ServerState } from "./server-state.ts";

/** A relayed transport address with its socket: the place where clients and peers meet. */
export class Relay implements RelayReceiver {
  readonly family: Family;
  /** As clients and peers know it. */
  readonly address: TransportAddress;
  readonly #state: ServerState;
  readonly #taken: TakenPort;
  #socket: RelaySocket | undefined;
  #isClosed = false;
  /** Whose it is; a reserved one is nobody's yet. */
  allocation: Allocation | undefined;

  constructor(state: ServerState, taken: TakenPort) {
    this.#state = state;
    this.#taken = taken;
    this.family = familyOf(taken.address.ip);
    this.address = { ip: taken.address.externalIp ?? taken.address.ip, port: taken.port };
  }

  /** Where the socket is bound. */
  get bound(): TransportAddress {
    return { ip: this.#taken.address.ip, port: this.#taken.port };
  }

  opened(socket: RelaySocket): void {
    this.#socket = socket;
    this.#state.addresses.open(this);
  }

  /** Gives socket and port back. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#socket !== undefined) {
      this.#socket.close();
      this.#state.addresses.close(this);
    }
    this.#state.addresses.release(this.#taken);
  }

  /** Sends a client's data to a peer that a permission or channel allows. */
  toPeer(
    bytes: Uint8Array,
    start: number,
    end: number,
    peer: TransportAddress,
    permission: Permission,
    dontFragment: boolean,
    now: Instant,
  ): void {
    const size = end - start;
    if (!this.#state.mayPass(permission.allocation.upstream, this.#state.upstream, size, now))
      return;
    if (permission.access.isOwn) {
      const other = this.#state.addresses.relayAt(peer.ip, peer.port);
      if (other !== undefined) {
        this.#state.counters.toPeers.count(size);
        other.receive(bytes, start, end, this.address.ip, this.address.port, now);
        return;
      }
      // Our own address is a way around the firewall to what else listens on this machine.
      if (!permission.access.isAllowed) {
        this.#state.counters.drop("peer-refused");
        return;
      }
    }
    this.#state.counters.toPeers.count(size);
    this.#socket?.send(bytes, start, end, peer, dontFragment);
  }

  /** RFC 8656 §11.3, §12.7: data from a peer. */
  receive(
    bytes: Uint8Array,
    start: number,
    end: number,
    ip: string,
    port: number,
    now: Instant,
  ): void {
    const state = this.#state;
    const allocation = this.allocation;
    state.counters.fromPeers.count(end - start);
    if (allocation === undefined) {
      state.counters.drop("no-allocation");
      return;
    }
    const permission = allocation.permissions.get(ip);
    const channel = permission?.channels.get(port);
    const isBound = channel !== undefined && channel.expiresAt > now;
    if (permission === undefined || (!isBound && permission.expiresAt <= now)) {
      state.counters.drop("no-permission");
      return;
    }
    const tuple = allocation.tuple;
    if (tuple.isBacklogged) {
      state.counters.drop("backlog");
      return;
    }
    if (!state.mayPass(allocation.downstream, state.downstream, end - start, now)) return;
    state.counters.toClients[tuple.transport].count(end - start);
    allocation.traffic.count(end - start);
    if (isBound) this.#sendOnChannel(channel, allocation, bytes, start, end);
    else sendData(state, allocation, { ip, port }, bytes.subarray(start, end));
  }

  /** RFC 8656 §11.5: an ICMP error for a peer that has a permission. */
  icmp(peer: TransportAddress, error: IcmpError, now: Instant): void {
    const permission = this.allocation?.permissions.get(peer.ip);
    if (this.allocation === undefined || permission === undefined) return;
    if (permission.expiresAt > now && !this.allocation.tuple.isBacklogged) {
      sendIcmp(this.#state, this.allocation, peer, error);
    }
  }

  failed(): void {
    this.close();
    this.allocation?.relayFailed(this);
  }

  /** RFC 8656 §12.7: the header goes before the data, in place where there is room. */
  #sendOnChannel(
    channel: Channel,
    allocation: Allocation,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const size = end - start;
    const { tuple } = allocation;
    if (!tuple.isStream && start >= channelHeaderLength) {
      const at = start - channelHeaderLength;
      writeChannelHeader(bytes, at, channel.number, size);
      tuple.send(bytes, at, end);
      return;
    }
    const length = channelHeaderLength + size;
    const total = tuple.isStream ? paddedLength(length) : length;
    const message = this.#state.sockets.buffer(total);
    const isWhole = start === 0 && end === bytes.length;
    writeChannelHeader(message, 0, channel.number, size);
    message.set(isWhole ? bytes : bytes.subarray(start, end), channelHeaderLength);
    if (total > length) message.fill(0, length, total);
    tuple.send(message, 0, total);
  }
}
