import type { Instant, Machine, Output } from "../wire/index.ts";
import { Association, type AssociationEvent } from "./association.ts";
import type { AbortCause, ClosedReason } from "./association-core.ts";
import type { AssociationOptions } from "./association-options.ts";
import { ChannelIds } from "./channel-ids.ts";
import {
  checkInit,
  type DataChannel,
  type DataChannelError,
  type DataChannelInit,
  type MutableDataChannel,
  newDataChannel,
} from "./data-channel.ts";
import { decodeDcep, encodeDcep, PPID } from "./dcep.ts";
import { Fifo } from "./fifo.ts";
import type { IncomingMessage } from "./incoming-streams.ts";
import { SctpError } from "./sctp-error.ts";

/** What channels tell their user, in the order of the W3C's events. */
export type DataChannelEvent =
  | { readonly type: "connected" }
  | { readonly type: "disconnected"; readonly reason: ClosedReason }
  /** The peer has opened a channel; it is open already. */
  | { readonly type: "channel"; readonly channel: DataChannel }
  | { readonly type: "open"; readonly channel: DataChannel }
  /** `bytes` has an array buffer of its own. Text is UTF-8 and not checked. */
  | {
      readonly type: "message";
      readonly channel: DataChannel;
      readonly text: boolean;
      readonly bytes: Uint8Array;
    }
  | { readonly type: "buffered-amount-low"; readonly channel: DataChannel }
  | { readonly type: "closing"; readonly channel: DataChannel }
  | {
      readonly type: "closed";
      readonly channel: DataChannel;
      readonly error: DataChannelError | undefined;
      /** Why the peer has aborted, where it has and says it. */
      readonly cause: AbortCause | undefined;
    };

/** What data channels are made with. */
export interface DataChannelsOptions extends AssociationOptions {
  /** The peer's a=max-message-size (RFC 8841 §6.1); 0 stands for any size. */
  readonly remoteMaxMessageSize?: number;
}

/**
 * The data channels of one association (RFC 8831, RFC 8832), with the behaviour of the W3C's
 * RTCDataChannel. Like the association it offers `pollEvent` and `pollInto` beside `poll`.
 */
export class DataChannels implements Machine<Uint8Array, DataChannelEvent> {
  readonly association: Association;
  readonly #channels = new Map<number, MutableDataChannel>();
  /** Channels without an identifier, in the order of their making. */
  readonly #unnumbered: MutableDataChannel[] = [];
  readonly #events = new Fifo<DataChannelEvent>();
  #remoteMaxMessageSize: number;
  #ids: ChannelIds | undefined;
  #connected = false;
  #ended = false;
  #openBytes = 0;
  #now: Instant = 0;

  constructor(options: DataChannelsOptions) {
    this.association = new Association(options);
    this.#remoteMaxMessageSize = options.remoteMaxMessageSize ?? 65_536;
  }

  get deadline(): Instant | undefined {
    return this.association.deadline;
  }

  /** How many channels there can be at a time; known once the association stands (W3C webrtc §6.1.1.3). */
  get maxChannels(): number {
    return Math.min(this.association.outboundStreams, this.association.inboundStreams);
  }

  /** The DTLS role is agreed upon: the client's channels have even numbers, the server's odd ones (RFC 8832 §6). */
  setRole(role: "client" | "server"): void {
    if (this.#ids !== undefined) return;
    this.#ids = new ChannelIds(role);
    this.#numberAll();
  }

  /** Packets can leave: sets up the association. */
  start(now: Instant): void {
    this.#now = now;
    this.association.connect(now);
  }

  /** What the peer's description says; messages longer than this are refused. */
  setRemoteMaxMessageSize(bytes: number): void {
    this.#remoteMaxMessageSize = bytes;
  }

  /** W3C createDataChannel: the channel is opened as soon as the association stands. */
  open(init: DataChannelInit, now: Instant): DataChannel {
    this.#now = now;
    checkInit(init);
    const channel = newDataChannel({ ...init, id: init.negotiated ? init.id : undefined });
    if (this.#ended) {
      this.#finish(channel, "ended");
      return channel;
    }
    channel.id ??= this.#newId();
    if (channel.id === undefined) {
      this.#unnumbered.push(channel);
      return channel;
    }
    if (this.#channels.has(channel.id)) {
      throw new SctpError("channel-id-in-use", `Channel ${channel.id} is in use.`);
    }
    if (channel.id >= this.maxChannels) {
      throw new SctpError("stream-out-of-range", `The peer takes no channel ${channel.id}.`);
    }
    this.#channels.set(channel.id, channel);
    if (this.#connected) this.#announce(channel);
    return channel;
  }

  /** Sends a message; the bytes are given away, as with the association's `send`. */
  send(channel: DataChannel, bytes: Uint8Array, text: boolean, now: Instant): void {
    this.#now = now;
    const { id } = channel;
    if (channel.state !== "open" || id === undefined) {
      throw new SctpError("channel-not-open", `The channel is ${channel.state}.`);
    }
    this.checkSize(bytes.length);
    const empty = bytes.length === 0;
    const payload = empty ? EMPTY : bytes;
    const ppid = text
      ? empty
        ? PPID.emptyText
        : PPID.text
      : empty
        ? PPID.emptyBinary
        : PPID.binary;
    const unordered = !channel.ordered && (this.#channels.get(id)?.confirmed ?? false);
    this.association.send(
      id,
      payload,
      {
        ppid,
        unordered,
        maxRetransmits: channel.maxRetransmits,
        lifetimeMs: channel.maxPacketLifeTime,
        counted: !empty,
      },
      now,
    );
  }

  /** Whether the peer takes a message of this size is said before the message is there. */
  checkSize(bytes: number): void {
    const limit = this.#remoteMaxMessageSize;
    if (limit > 0 && bytes > limit) {
      throw new SctpError("message-too-large", `The peer takes messages up to ${limit} bytes.`);
    }
  }

  bufferedAmount(channel: DataChannel): number {
    return channel.id === undefined ? 0 : this.association.bufferedAmount(channel.id);
  }

  setBufferedAmountLowThreshold(channel: DataChannel, bytes: number): void {
    const known = this.#mutable(channel);
    if (known === undefined) return;
    known.lowThreshold = bytes;
    if (known.id !== undefined) this.association.setBufferedAmountLowThreshold(known.id, bytes);
  }

  /** W3C close: what was sent before still leaves, then both sides reset the stream (RFC 8831 §6.7). */
  close(channel: DataChannel, now: Instant): void {
    this.#now = now;
    const known = this.#mutable(channel);
    if (known === undefined || known.state === "closing" || known.state === "closed") return;
    this.#close(known);
  }

  /** Ends the association after all that was sent has arrived. */
  shutdown(now: Instant): void {
    this.#now = now;
    this.association.shutdown(now);
  }

  abort(now: Instant): void {
    this.#now = now;
    this.association.abort(now);
  }

  receive(packet: Uint8Array, now: Instant): void {
    this.#now = now;
    this.association.receive(packet, now);
  }

  handleTimeout(now: Instant): void {
    this.#now = now;
    this.association.handleTimeout(now);
  }

  poll(): Output<Uint8Array, DataChannelEvent> | undefined {
    const event = this.pollEvent();
    if (event !== undefined) return { type: "event", event };
    const output = this.association.poll();
    return output?.type === "packet" ? output : undefined;
  }

  /** The next event; all are to be taken before packets are, as they may cause some. */
  pollEvent(): DataChannelEvent | undefined {
    for (;;) {
      const own = this.#events.shift();
      if (own !== undefined) return own;
      const event = this.association.pollEvent();
      if (event === undefined) return undefined;
      const direct = this.#translate(event);
      if (direct !== undefined) return direct;
    }
  }

  /** The next packet, as `Association.pollInto`. */
  pollInto(target: Uint8Array, headroom: number): number {
    return this.association.pollInto(target, headroom);
  }

  #translate(event: AssociationEvent): DataChannelEvent | undefined {
    switch (event.type) {
      case "message":
        return this.#receiveMessage(event.message);
      case "buffered-amount-low": {
        const channel = this.#channels.get(event.streamId);
        return channel?.state === "open" || channel?.state === "closing"
          ? { type: "buffered-amount-low", channel }
          : undefined;
      }
      case "established":
        this.#established();
        return undefined;
      case "restarted":
        for (const channel of [...this.#channels.values()]) this.#finish(channel, "restarted");
        return undefined;
      case "incoming-reset":
        for (const channel of this.#named(event.streamIds)) this.#incomingReset(channel);
        return undefined;
      case "outgoing-reset":
        for (const channel of this.#named(event.streamIds)) this.#outgoingReset(channel);
        return undefined;
      case "closed":
        this.#disconnected(event.reason, event.cause);
        return undefined;
    }
  }

  #receiveMessage({ streamId, ppid, bytes }: IncomingMessage): DataChannelEvent | undefined {
    const channel = this.#channels.get(streamId);
    if (ppid === PPID.dcep) {
      this.#receiveDcep(streamId, bytes, channel);
      return undefined;
    }
    if (channel?.state !== "open") return undefined;
    // Whoever sends on the channel has seen its OPEN (RFC 8832 §6).
    channel.confirmed = true;
    switch (ppid) {
      case PPID.text:
      case PPID.binary:
        return { type: "message", channel, text: ppid === PPID.text, bytes };
      case PPID.emptyText:
      case PPID.emptyBinary: {
        const text = ppid === PPID.emptyText;
        return { type: "message", channel, text, bytes: new Uint8Array(0) };
      }
      default:
        return undefined;
    }
  }

  #receiveDcep(id: number, bytes: Uint8Array, channel: MutableDataChannel | undefined): void {
    const message = decodeDcep(bytes);
    if (message.ok && message.value.type === "ack") {
      if (channel !== undefined) channel.confirmed = true;
      return;
    }
    // One that the two sides agreed upon needs no OPEN, nor does one that is open already.
    if (channel !== undefined || id >= this.maxChannels) return;
    // Opened anew while we reset the stream: that reset closes it for the peer too.
    if (this.association.isResetting(id)) return;
    if (!message.ok || message.value.type !== "open" || !this.#hasRoomFor(bytes)) {
      this.association.resetStream(id, this.#now);
      return;
    }
    const opened = newDataChannel({ ...message.value, id });
    opened.state = "open";
    opened.confirmed = true;
    this.#channels.set(id, opened);
    opened.openBytes = bytes.length;
    this.#openBytes += bytes.length;
    this.#sendDcep(id, encodeDcep({ type: "ack" }));
    this.#events.push({ type: "channel", channel: opened });
    this.#events.push({ type: "open", channel: opened });
  }

  #hasRoomFor(open: Uint8Array): boolean {
    return this.#openBytes + open.length <= maxOpenBytes;
  }

  #sendDcep(id: number, bytes: Uint8Array): void {
    if (this.association.state !== "established") return;
    this.association.send(id, bytes, { ppid: PPID.dcep, counted: false }, this.#now);
  }

  #established(): void {
    this.#connected = true;
    this.#events.push({ type: "connected" });
    for (const channel of [...this.#channels.values()]) {
      if (channel.state === "connecting") this.#announce(channel);
    }
  }

  /** The channel can be used: OPEN leaves first, unless both sides know of it (RFC 8832 §6). */
  #announce(channel: MutableDataChannel): void {
    const id = channel.id as number;
    if (id >= this.maxChannels) {
      this.#finish(channel, "no-id");
      return;
    }
    if (!channel.negotiated) {
      const { label, protocol, ordered, maxRetransmits, maxPacketLifeTime, priority } = channel;
      const reliability = { maxRetransmits, maxPacketLifeTime };
      const open = { type: "open" as const, label, protocol, ordered, ...reliability, priority };
      this.#sendDcep(id, encodeDcep(open));
    }
    this.association.setBufferedAmountLowThreshold(id, channel.lowThreshold);
    channel.state = "open";
    this.#events.push({ type: "open", channel });
  }

  /** Gives numbers to the channels that wait for one. */
  #numberAll(): void {
    for (const channel of this.#unnumbered.splice(0)) {
      const id = this.#nextId();
      if (id === undefined) {
        this.#finish(channel, "no-id");
        continue;
      }
      channel.id = id;
      this.#channels.set(id, channel);
      if (this.#connected) this.#announce(channel);
    }
  }

  /** A number for a new channel, once the role is known. */
  #newId(): number | undefined {
    if (this.#ids === undefined) return undefined;
    const id = this.#nextId();
    if (id === undefined) throw new SctpError("no-channel-id-left", "All channels are in use.");
    return id;
  }

  #nextId(): number | undefined {
    return this.#ids?.next(
      this.maxChannels,
      (taken) => this.#channels.has(taken) || this.association.isResetting(taken),
    );
  }

  #mutable(channel: DataChannel): MutableDataChannel | undefined {
    const { id } = channel;
    const known = id === undefined ? undefined : this.#channels.get(id);
    if (known === channel) return known;
    return this.#unnumbered.find((one) => one === channel);
  }

  #named(streamIds: readonly number[]): readonly MutableDataChannel[] {
    if (streamIds.length === 0) return [...this.#channels.values()];
    return streamIds.flatMap((id) => this.#channels.get(id) ?? []);
  }

  #close(channel: MutableDataChannel): void {
    if (channel.state === "connecting" || channel.id === undefined) {
      const waiting = this.#unnumbered.indexOf(channel);
      if (waiting >= 0) this.#unnumbered.splice(waiting, 1);
      this.#finish(channel, undefined);
      return;
    }
    channel.state = "closing";
    this.#events.push({ type: "closing", channel });
    this.association.resetStream(channel.id, this.#now);
  }

  #incomingReset(channel: MutableDataChannel): void {
    channel.incomingReset = true;
    if (channel.state === "open") this.#close(channel);
    if (channel.outgoingReset) this.#finish(channel, undefined);
  }

  #outgoingReset(channel: MutableDataChannel): void {
    channel.outgoingReset = true;
    if (channel.incomingReset) this.#finish(channel, undefined);
  }

  #finish(
    channel: MutableDataChannel,
    error: DataChannelError | undefined,
    cause?: AbortCause,
  ): void {
    if (channel.state === "closed") return;
    channel.state = "closed";
    this.#openBytes -= channel.openBytes;
    if (channel.id !== undefined) this.#channels.delete(channel.id);
    this.#events.push({ type: "closed", channel, error, cause });
  }

  #disconnected(reason: ClosedReason, cause: AbortCause | undefined): void {
    this.#ended = true;
    this.#connected = false;
    const error = reason === "shutdown" ? undefined : reason;
    const channels = [...this.#channels.values(), ...this.#unnumbered.splice(0)];
    for (const channel of channels) this.#finish(channel, error, cause);
    this.#events.push({ type: "disconnected", reason });
  }
}

/** An empty message is one zero byte under an identifier of its own (RFC 8831 §6.6). */
const EMPTY = new Uint8Array(1);
/** All labels and protocols that a peer may make this side remember. */
const maxOpenBytes = 16 * 1024 * 1024;
