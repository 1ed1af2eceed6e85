import {
  bindingMethod,
  decodeMessage,
  MessageWriter,
  type RequestEvent,
  type StunMessage,
  XorMappedAddress,
} from "../stun/index.ts";
import {
  type Instant,
  type Machine,
  type Output,
  Outputs,
  type TransportAddress,
} from "../wire/index.ts";
import { allValues } from "./all-values.ts";
import {
  AddressErrorCode,
  ChannelNumber,
  ConnectionId,
  Data,
  DontFragment,
  Icmp,
  Lifetime,
  MobilityTicket,
  ReservationToken,
  XorPeerAddress,
  XorRelayedAddress,
} from "./attributes.ts";
import { decodeChannelData, encodeChannelData, isChannelData } from "./channel-data.ts";
import type { ClientEndReason, TurnClientEvent } from "./client-event.ts";
import {
  endReasonOf,
  failureOf,
  refreshAfterMs,
  type TurnClientOptions,
  writeAllocate,
} from "./client-options.ts";
import { type ClientChannel, ClientPeers } from "./client-peers.ts";
import { ClientRequests } from "./client-requests.ts";
import {
  allocateMethod,
  channelBindMethod,
  connectionAttemptMethod,
  connectMethod,
  createPermissionMethod,
  dataMethod,
  refreshMethod,
  sendMethod,
} from "./methods.ts";
import { StreamFramer } from "./stream-framer.ts";
import { TurnError } from "./turn-error.ts";

/**
 * A TURN client (RFC 8656): one allocation, kept alive with its permissions and channels until it is
 * released. Packets are messages to the server, or over TCP and TLS pieces of the stream.
 */
export class TurnClient implements Machine<Uint8Array, TurnClientEvent> {
  readonly #options: TurnClientOptions;
  readonly #isStream: boolean;
  readonly #framer = new StreamFramer();
  readonly #outputs = new Outputs<Uint8Array, TurnClientEvent>();
  readonly #requests: ClientRequests;
  readonly #peers = new ClientPeers();
  readonly #writer = new MessageWriter();
  #state: "new" | "allocating" | "allocated" | "releasing" | "ended" = "new";
  #refreshAt: Instant | undefined;
  #refreshes = 0;
  #keepaliveAt: Instant | undefined;
  #ticket: Uint8Array | undefined;

  constructor(options: TurnClientOptions) {
    const { crypto, credentials, transport, fingerprint = false } = options;
    this.#options = options;
    this.#isStream = transport === "tcp" || transport === "tls";
    this.#requests = new ClientRequests({ crypto, credentials, transport, fingerprint }, (packet) =>
      this.#outputs.packet(packet),
    );
  }

  /** Asks for the allocation; `allocated` or `ended` follows. */
  allocate(now: Instant): void {
    if (this.#state !== "new") throw new TurnError("wrong-state", "allocate is called once");
    this.#state = "allocating";
    this.#allocate(true, now);
  }

  /** Lets peers with these addresses send to the relay, and keeps it so; `permitted` follows. */
  permit(ips: readonly string[], now: Instant): void {
    this.#needsAllocation("permit");
    for (const ip of ips) this.#peers.permissions.set(ip, { ip, refreshAt: undefined });
    this.#requestPermissions(ips, now);
  }

  /** Lets a permission run out. */
  forget(ip: string): void {
    this.#peers.permissions.delete(ip);
  }

  /** Binds a channel to a peer, which permits it too, and keeps it bound; `channel-bound` follows. */
  bindChannel(peer: TransportAddress, now: Instant): void {
    this.#needsAllocation("bindChannel");
    if (this.#peers.channelOf(peer) === undefined) {
      this.#requestChannel(this.#peers.addChannel(peer), now);
    }
  }

  /** Sends to a peer: on its channel, where one is bound, else in a Send indication (RFC 8656 §11.1). */
  send(peer: TransportAddress, data: Uint8Array, options?: { dontFragment?: boolean }): void {
    this.#needsAllocation("send");
    const channel = this.#peers.channelOf(peer);
    if (channel?.isBound && !options?.dontFragment) {
      this.#outputs.packet(encodeChannelData(channel.number, data, this.#isStream));
      return;
    }
    const { crypto, fingerprint } = this.#options;
    this.#writer.begin(sendMethod, "indication", crypto.random(12)).add(XorPeerAddress, peer);
    if (options?.dontFragment) this.#writer.add(DontFragment, true);
    this.#writer.add(Data, data);
    if (fingerprint) this.#writer.addFingerprint();
    this.#outputs.packet(this.#writer.finishCopy());
  }

  /** Connects the TCP relay to a peer (RFC 6062 §4.3); `connection` or `connect-failed` follows. */
  connect(peer: TransportAddress, now: Instant): void {
    this.#needsAllocation("connect");
    const write = (writer: MessageWriter) => void writer.add(XorPeerAddress, peer);
    const done = (event: RequestEvent): void => {
      const id = event.type === "success" ? event.response.value(ConnectionId) : undefined;
      if (id === undefined) {
        this.#outputs.event({ type: "connect-failed", peer, failure: failureOf(event) });
      } else this.#tellConnection(peer, id, false);
    };
    this.#requests.make(connectMethod, write, done, now);
  }

  /**
   * Asks now whether the allocation stands, which is otherwise asked a minute before its end: `refreshed` follows, or
   * `ended` with "mismatch" where the server knows nothing of it, as behind a NAT that has forgotten the way.
   */
  refresh(now: Instant): void {
    this.#needsAllocation("refresh");
    this.#refresh(now);
  }

  /** The client has another address now: takes the allocation along by its ticket (RFC 8016 §3.2.1). */
  move(now: Instant): void {
    this.#needsAllocation("move");
    const ticket = this.#ticket;
    if (ticket === undefined) throw new TurnError("wrong-state", "the server gave no ticket");
    const write = (writer: MessageWriter): void => {
      writer.add(Lifetime, this.#lifetimeS).add(MobilityTicket, ticket);
    };
    this.#requests.make(
      refreshMethod,
      write,
      (event, at) => {
        this.#refreshed(event, at);
        if (event.type === "success") this.#outputs.event({ type: "moved" });
        else this.#outputs.event({ type: "move-failed", failure: failureOf(event) });
      },
      now,
    );
  }

  /** Gives the allocation back (RFC 8656 §8); `ended` follows. */
  release(now: Instant): void {
    if (this.#state !== "allocated") {
      this.#end("released");
      return;
    }
    this.#state = "releasing";
    this.#giveBack(() => this.#end("released"), now);
  }

  receive(packet: Uint8Array, now: Instant): void {
    if (this.#state === "ended") return;
    if (!this.#isStream) {
      this.#receiveMessage(packet, now);
      return;
    }
    this.#framer.push(packet);
    for (let message = this.#framer.next(); message; message = this.#framer.next()) {
      this.#receiveMessage(message, now);
    }
    if (this.#framer.fault !== undefined) this.#end("broken-stream");
  }

  handleTimeout(now: Instant): void {
    this.#requests.handleTimeout(now);
    if (this.#state !== "allocated") return;
    if (this.#refreshAt !== undefined && this.#refreshAt <= now) this.#refresh(now);
    if (this.#keepaliveAt !== undefined && this.#keepaliveAt <= now) this.#keepAlive(now);
    this.#refreshPermissions(now);
    for (const channel of this.#peers.channels()) {
      if ((channel.refreshAt ?? Number.POSITIVE_INFINITY) <= now)
        this.#requestChannel(channel, now);
    }
  }

  poll(): Output<Uint8Array, TurnClientEvent> | undefined {
    return this.#outputs.poll();
  }

  get deadline(): Instant | undefined {
    const requests = this.#requests.deadline ?? Number.POSITIVE_INFINITY;
    let earliest = requests;
    if (this.#state === "allocated") {
      for (const at of [this.#refreshAt, this.#keepaliveAt, this.#peers.deadline]) {
        if (at !== undefined && at < earliest) earliest = at;
      }
    }
    return earliest === Number.POSITIVE_INFINITY ? undefined : earliest;
  }

  get #lifetimeS(): number {
    return this.#options.lifetimeS ?? defaultLifetimeS;
  }

  get #keepaliveMs(): number {
    return this.#options.transport === "udp" ? (this.#options.keepaliveMs ?? 25_000) : 0;
  }

  /** A Binding indication: nobody answers it, but every NAT on the way has seen it (RFC 8489 §2). */
  #keepAlive(now: Instant): void {
    this.#keepaliveAt = now + this.#keepaliveMs;
    this.#writer.begin(bindingMethod, "indication", this.#options.crypto.random(12));
    if (this.#options.fingerprint) this.#writer.addFingerprint();
    this.#outputs.packet(this.#writer.finishCopy());
  }

  #needsAllocation(what: string): void {
    if (this.#state !== "allocated") {
      throw new TurnError("wrong-state", `${what} needs an allocation`);
    }
  }

  #allocate(isFirst: boolean, now: Instant): void {
    const write = (writer: MessageWriter) => writeAllocate(writer, this.#options);
    const done = (event: RequestEvent, at: Instant): void => {
      const isTaken = event.type === "error" && event.code === 437;
      // The server has an allocation of this address that we gave up, as when its answer came too late: there is room for
      // another as soon as that one is given back. Of somebody else it takes no such word (441).
      if (isTaken && isFirst) this.#giveBack((_, then) => this.#allocate(false, then), at);
      else this.#allocated(event, at);
    };
    this.#requests.make(allocateMethod, write, done, now);
  }

  #giveBack(done: (event: RequestEvent, now: Instant) => void, now: Instant): void {
    const write = (writer: MessageWriter) => void writer.add(Lifetime, 0);
    this.#requests.make(refreshMethod, write, done, now);
  }

  /** RFC 8656 §7.3 and §7.4. */
  #allocated(event: RequestEvent, now: Instant): void {
    if (event.type !== "success") {
      this.#fail(event);
      return;
    }
    const { response } = event;
    const relayed = [...allValues(response, XorRelayedAddress)].filter((one) => one !== undefined);
    const lifetimeS = response.value(Lifetime);
    if (relayed.length === 0 || lifetimeS === undefined) {
      this.#end("bad-response");
      return;
    }
    this.#state = "allocated";
    this.#refreshAt = now + refreshAfterMs(lifetimeS);
    this.#ticket = response.value(MobilityTicket)?.slice();
    if (this.#keepaliveMs > 0) this.#keepaliveAt = now + this.#keepaliveMs;
    this.#outputs.event({
      type: "allocated",
      relayed,
      mapped: response.value(XorMappedAddress),
      lifetimeS,
      reservationToken: response.value(ReservationToken)?.slice(),
      addressError: response.value(AddressErrorCode),
    });
  }

  #refresh(now: Instant): void {
    this.#refreshAt = undefined;
    this.#refreshes += 1;
    const turn = this.#refreshes;
    const write = (writer: MessageWriter) => void writer.add(Lifetime, this.#lifetimeS);
    const done = (event: RequestEvent, at: Instant): void => {
      this.#refreshed(event, at);
      if (event.type === "success") this.#outputs.event({ type: "refreshed" });
      // One that was asked later has still all its time.
      else if (event.type !== "timeout" || turn === this.#refreshes) this.#fail(event);
    };
    this.#requests.make(refreshMethod, write, done, now);
  }

  #refreshed(event: RequestEvent, now: Instant): void {
    if (event.type !== "success" || this.#state !== "allocated") return;
    this.#refreshAt = now + refreshAfterMs(event.response.value(Lifetime) ?? this.#lifetimeS);
    this.#ticket = event.response.value(MobilityTicket)?.slice() ?? this.#ticket;
  }

  /** All permissions that are due soon go into one request. */
  #refreshPermissions(now: Instant): void {
    const all = [...this.#peers.permissions.values()];
    const isDue = (at: Instant | undefined, by: Instant): boolean => at !== undefined && at <= by;
    if (!all.some(({ refreshAt }) => isDue(refreshAt, now))) return;
    const soon = all.filter(({ refreshAt }) => isDue(refreshAt, now + permissionSlackMs));
    for (let i = 0; i < soon.length; i += permissionsPerRequest) {
      const some = soon.slice(i, i + permissionsPerRequest);
      for (const permission of some) permission.refreshAt = undefined;
      this.#requestPermissions(
        some.map(({ ip }) => ip),
        now,
      );
    }
  }

  #requestPermissions(ips: readonly string[], now: Instant): void {
    const write = (writer: MessageWriter): void => {
      for (const ip of ips) writer.add(XorPeerAddress, { ip, port: 0 });
    };
    const done = (event: RequestEvent, at: Instant): void => {
      const isGood = event.type === "success";
      for (const ip of ips) {
        const permission = this.#peers.permissions.get(ip);
        if (!isGood) this.#peers.permissions.delete(ip);
        else if (permission !== undefined) permission.refreshAt = at + permissionRefreshMs;
      }
      if (isGood) this.#outputs.event({ type: "permitted", ips });
      else this.#outputs.event({ type: "permission-failed", ips, failure: failureOf(event) });
    };
    this.#requests.make(createPermissionMethod, write, done, now);
  }

  #requestChannel(channel: ClientChannel, now: Instant): void {
    const { peer, number } = channel;
    channel.refreshAt = undefined;
    const write = (writer: MessageWriter): void => {
      writer.add(ChannelNumber, number).add(XorPeerAddress, peer);
    };
    const done = (event: RequestEvent, at: Instant): void => {
      if (event.type !== "success") {
        this.#peers.removeChannel(channel);
        this.#outputs.event({ type: "channel-failed", peer, failure: failureOf(event) });
        return;
      }
      channel.refreshAt = at + channelRefreshMs;
      // The binding brought a permission, which ends sooner than the channel (RFC 8656 §12).
      if (!this.#peers.permissions.has(peer.ip)) {
        const refreshAt = at + permissionRefreshMs;
        this.#peers.permissions.set(peer.ip, { ip: peer.ip, refreshAt });
      }
      if (!channel.isBound) this.#outputs.event({ type: "channel-bound", peer, channel: number });
      channel.isBound = true;
    };
    this.#requests.make(channelBindMethod, write, done, now);
  }

  #receiveMessage(bytes: Uint8Array, now: Instant): void {
    if (bytes.length > 0 && isChannelData(bytes[0] as number)) {
      const decoded = decodeChannelData(bytes);
      if (!decoded.ok) return;
      const channel = this.#peers.channelByNumber(decoded.value.channel);
      if (channel === undefined) return;
      this.#outputs.event({ type: "data", peer: channel.peer, data: decoded.value.data });
      return;
    }
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) return;
    if (decoded.value.class === "indication") this.#receiveIndication(decoded.value);
    else this.#requests.receive(bytes, now);
  }

  /** RFC 8656 §11.4 and §11.6, RFC 6062 §4.4. */
  #receiveIndication(message: StunMessage): void {
    const peer = message.value(XorPeerAddress);
    if (peer === undefined || this.#state !== "allocated") return;
    if (message.method === connectionAttemptMethod) {
      const id = message.value(ConnectionId);
      if (id !== undefined) this.#tellConnection(peer, id, true);
      return;
    }
    if (message.method !== dataMethod) return;
    const data = message.value(Data);
    const error = message.value(Icmp);
    if (data !== undefined) this.#outputs.event({ type: "data", peer, data });
    else if (error !== undefined) this.#outputs.event({ type: "icmp", peer, error });
  }

  #tellConnection(peer: TransportAddress, connectionId: number, isIncoming: boolean): void {
    this.#outputs.event({ type: "connection", peer, connectionId, isIncoming });
  }

  #fail(event: RequestEvent): void {
    if (event.type === "alternate") {
      const { server, domain } = event;
      this.#end("alternate", 300, { alternate: { server, domain } });
    } else if (event.type === "error") {
      this.#end(endReasonOf(event.code), event.code, { text: event.reason });
    } else if (event.type !== "success") this.#end(event.type);
  }

  #end(
    reason: ClientEndReason,
    code?: number,
    more?: Pick<Extract<TurnClientEvent, { type: "ended" }>, "text" | "alternate">,
  ): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#requests.clear();
    this.#peers.clear();
    this.#refreshAt = undefined;
    this.#outputs.event({ type: "ended", reason, code, ...more });
  }
}

/** What the server gives where nothing is asked for (RFC 8656 §3.2). */
const defaultLifetimeS = 600;

/** A minute before the end of a permission's five and a channel's ten minutes (RFC 8656 §9, §12). */
const permissionRefreshMs = 240_000;
const channelRefreshMs = 540_000;

/** Permissions that are due within this time are refreshed together. */
const permissionSlackMs = 20_000;

/** So many addresses fit into a packet of any path, even of IPv6. */
const permissionsPerRequest = 40;
