import "../disposable.ts";
import { Emitter, type ListenOptions } from "../emitter.ts";
import { TincanError } from "../error.ts";
import type { Peer } from "../peer/peer.ts";
import type { Channel, ChannelEvents, ChannelOptions } from "./channel.ts";

/** The part of `RTCPeerConnection` that a channel takes. */
export interface ChannelConnection {
  readonly signalingState: RTCSignalingState;
  createDataChannel(label: string, options: RTCDataChannelInit): RTCDataChannel;
}

/** A channel of a call: one `RTCDataChannel` for each peer, another one whenever its connection is another one. */
export class CallChannel implements Channel {
  readonly #options: ChannelOptions;
  readonly #onClose: (channel: CallChannel) => void;
  readonly #events = new Emitter<ChannelEvents>();
  readonly #lanes = new Map<string, RTCDataChannel>();
  #closed = false;

  constructor(options: ChannelOptions, onClose: (channel: CallChannel) => void) {
    const { label, id } = options;
    if (!/^[a-z0-9.-]{1,32}$/.test(label) || !Number.isInteger(id) || id < 1 || id > MAX_ID) {
      throw new TincanError("malformed", `A channel has a label and an id from 1 to ${MAX_ID}.`);
    }
    this.#options = options;
    this.#onClose = onClose;
  }

  get label(): string {
    return this.#options.label;
  }

  get id(): number {
    return this.#options.id;
  }

  isOpen(peerId: string): boolean {
    return this.#lanes.get(peerId)?.readyState === "open";
  }

  send(peerId: string, data: string | Uint8Array<ArrayBuffer>): boolean {
    if (sizeOf(data) > MAX_MESSAGE_BYTES) {
      throw new TincanError("too-large", `A message has at most ${MAX_MESSAGE_BYTES} bytes.`);
    }
    const lane = this.#lanes.get(peerId);
    if (lane?.readyState !== "open" || lane.bufferedAmount > MAX_BUFFERED) return false;
    try {
      if (typeof data === "string") lane.send(data);
      else lane.send(data);
      return true;
    } catch {
      // It closed at this moment, or the browser's own queue is full.
      return false;
    }
  }

  bufferedAmount(peerId: string): number {
    return this.#lanes.get(peerId)?.bufferedAmount ?? 0;
  }

  on<Name extends keyof ChannelEvents>(
    event: Name,
    listener: (detail: ChannelEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#events.on(event, listener, options);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const lane of this.#lanes.values()) lane.close();
    this.#lanes.clear();
    this.#onClose(this);
    this.#events.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Opens it on a new connection to a peer. */
  attach(peer: Peer, connection: ChannelConnection): void {
    if (this.#closed) return;
    this.detach(peer);
    // One that was closed has no channels to give; the next one is attached as well.
    if (connection.signalingState === "closed") return;
    const { label, id, ordered = true, maxRetransmits, lowWater = LOW_WATER } = this.#options;
    const lane = connection.createDataChannel(label, {
      negotiated: true,
      id,
      ordered,
      ...(maxRetransmits !== undefined && { maxRetransmits }),
    });
    this.#lanes.set(peer.id, lane);
    lane.binaryType = "arraybuffer";
    lane.bufferedAmountLowThreshold = lowWater;
    const isCurrent = () => this.#lanes.get(peer.id) === lane;
    lane.addEventListener("open", () => {
      if (isCurrent()) this.#events.emit("open", peer);
    });
    lane.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (!isCurrent()) return;
      const message = typeof data === "string" ? data : new Uint8Array(data);
      if (sizeOf(message) <= MAX_MESSAGE_BYTES)
        this.#events.emit("message", { peer, data: message });
    });
    lane.addEventListener("bufferedamountlow", () => {
      if (isCurrent()) this.#events.emit("low", peer);
    });
    lane.addEventListener("close", () => {
      if (isCurrent()) this.detach(peer);
    });
  }

  /** The connection to a peer is of no use any more. */
  detach(peer: Peer): void {
    if (this.#lanes.delete(peer.id)) this.#events.emit("close", peer);
  }
}

/** What every WebRTC takes in one message without being asked (RFC 8841 §6.1). */
const MAX_MESSAGE_BYTES = 65_536;

/** Firefox begins with 256 streams. */
const MAX_ID = 255;

const LOW_WATER = 256 * 1024;

/** Chromium's own limit is 16 MiB, and it throws. */
const MAX_BUFFERED = 4 * 1024 * 1024;

/** A text's bytes in UTF-8, counted without encoding those that are surely short enough or too long. */
function sizeOf(data: string | Uint8Array): number {
  if (typeof data !== "string") return data.length;
  if (data.length * 3 <= MAX_MESSAGE_BYTES || data.length > MAX_MESSAGE_BYTES) return data.length;
  return new TextEncoder().encode(data).length;
}
