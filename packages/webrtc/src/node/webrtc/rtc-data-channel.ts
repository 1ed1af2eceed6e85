import { type DataChannel, type DataChannelState, SctpError } from "../../sctp/index.ts";
import { ChannelMessageEvent } from "./channel-message-event.ts";
import { defineHandlers, type Handler, TypedEventTarget } from "./event-target.ts";
import { domException, RTCError, RTCErrorEvent } from "./rtc-error.ts";
import { assertInternal, defineInterface, enforcedInteger, type internal } from "./web-idl.ts";

/** W3C webrtc §6.2 */
export interface RTCDataChannelInit {
  ordered?: boolean;
  maxPacketLifeTime?: number;
  maxRetransmits?: number;
  protocol?: string;
  negotiated?: boolean;
  id?: number;
}

/** What a channel asks of its connection. */
export interface ChannelHost {
  send(channel: DataChannel, bytes: Uint8Array, isText: boolean): void;
  checkSize(bytes: number): void;
  bufferedAmount(channel: DataChannel): number;
  setLowThreshold(channel: DataChannel, bytes: number): void;
  close(channel: DataChannel): void;
}

export interface RTCDataChannelEventMap {
  open: Event;
  message: MessageEvent;
  bufferedamountlow: Event;
  error: RTCErrorEvent;
  closing: Event;
  close: Event;
}

/** What the connection tells its channels; not for others. */
export let channelInside: ChannelInside;

/** W3C webrtc §6.2 */
export class RTCDataChannel extends TypedEventTarget<RTCDataChannelEventMap> {
  declare onopen: Handler<RTCDataChannel, Event>;
  declare onmessage: Handler<RTCDataChannel, MessageEvent>;
  declare onbufferedamountlow: Handler<RTCDataChannel, Event>;
  declare onerror: Handler<RTCDataChannel, RTCErrorEvent>;
  declare onclosing: Handler<RTCDataChannel, Event>;
  declare onclose: Handler<RTCDataChannel, Event>;
  readonly #counters = { messagesSent: 0, bytesSent: 0, messagesReceived: 0, bytesReceived: 0 };
  readonly #host: ChannelHost;
  readonly #channel: DataChannel;
  #readyState: DataChannelState = "connecting";
  #binaryType: "blob" | "arraybuffer" = "arraybuffer";
  #lowThreshold = 0;
  /** Blobs are read before they leave, and what is sent after them waits for that. */
  readonly #waiting: { data: Blob | Uint8Array; isText: boolean; size: number }[] = [];
  /** What was sent and has not got into the association. */
  #waitingBytes = 0;
  #lastBufferedAmount = 0;
  #isCloseAsked = false;

  constructor(...made: [key: typeof internal, host: ChannelHost, channel: DataChannel]) {
    super();
    assertInternal(made[0]);
    [, this.#host, this.#channel] = made;
  }

  get label(): string {
    return this.#channel.label;
  }

  get ordered(): boolean {
    return this.#channel.ordered;
  }

  get maxPacketLifeTime(): number | null {
    return shortOrNull(this.#channel.maxPacketLifeTime);
  }

  get maxRetransmits(): number | null {
    return shortOrNull(this.#channel.maxRetransmits);
  }

  get protocol(): string {
    return this.#channel.protocol;
  }

  get negotiated(): boolean {
    return this.#channel.negotiated;
  }

  get id(): number | null {
    return this.#channel.id ?? null;
  }

  get readyState(): DataChannelState {
    return this.#readyState;
  }

  get bufferedAmount(): number {
    if (this.#readyState === "closed") return this.#lastBufferedAmount;
    return this.#host.bufferedAmount(this.#channel) + this.#waitingBytes;
  }

  get bufferedAmountLowThreshold(): number {
    return this.#lowThreshold;
  }

  set bufferedAmountLowThreshold(bytes: number) {
    this.#lowThreshold = enforcedInteger(bytes, "bufferedAmountLowThreshold", 0xffff_ffff);
    this.#tellThreshold();
  }

  get binaryType(): "blob" | "arraybuffer" {
    return this.#binaryType;
  }

  /** Anything else is passed over, as Web IDL has it for enumerations. */
  set binaryType(type: "blob" | "arraybuffer") {
    if (type === "blob" || type === "arraybuffer") this.#binaryType = type;
  }

  send(data: string | Blob | ArrayBuffer | ArrayBufferView): void {
    if (this.#readyState !== "open") {
      throw new DOMException(`The channel is ${this.#readyState}.`, "InvalidStateError");
    }
    if (typeof data === "string") this.#queue(Buffer.from(data), true);
    else if (isBinary(data)) this.#queue(copyOf(data), false);
    else if (data instanceof Blob) this.#wait(data, false, data.size);
    else if (data === undefined || data === null) throw new TypeError("There is nothing to send.");
    else this.#queue(Buffer.from(`${data}`), true);
  }

  close(): void {
    if (this.#readyState === "closing" || this.#readyState === "closed") return;
    this.#readyState = "closing";
    this.#isCloseAsked = true;
    if (this.#waiting.length === 0) this.#host.close(this.#channel);
  }

  #queue(bytes: Uint8Array, isText: boolean): void {
    if (this.#waiting.length > 0) this.#wait(bytes, isText, bytes.length);
    else this.#send(bytes, isText);
  }

  #send(bytes: Uint8Array, isText: boolean): void {
    try {
      this.#host.send(this.#channel, bytes, isText);
    } catch (error) {
      // The channel is open until it is told otherwise; what is sent meanwhile stays where it is.
      if (!isOver(error)) throw domException(error);
      this.#waitingBytes += bytes.length;
      return;
    }
    this.#counters.messagesSent += 1;
    this.#counters.bytesSent += bytes.length;
  }

  #wait(data: Blob | Uint8Array, isText: boolean, size: number): void {
    try {
      this.#host.checkSize(size);
    } catch (error) {
      throw domException(error);
    }
    this.#waiting.push({ data, isText, size });
    this.#waitingBytes += size;
    this.#tellThreshold();
    if (this.#waiting.length === 1) void this.#sendWaiting();
  }

  async #sendWaiting(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const { data, isText, size } = next;
      try {
        const bytes = data instanceof Blob ? new Uint8Array(await data.arrayBuffer()) : data;
        if (this.#readyState === "closed") return;
        this.#waitingBytes -= size;
        this.#send(bytes, isText);
      } catch (error) {
        const message = error instanceof Error ? error.message : "";
        this.#fail(new RTCError({ errorDetail: "data-channel-failure" }, message));
        this.close();
      }
      this.#waiting.shift();
      this.#tellThreshold();
    }
    if (this.#isCloseAsked) this.#host.close(this.#channel);
  }

  /** What waits here is buffered as well: so much less may be left below when the amount is low. */
  #tellThreshold(): void {
    this.#host.setLowThreshold(this.#channel, this.#lowThreshold - this.#waitingBytes);
  }

  #fail(error: RTCError): void {
    this.dispatchEvent(new RTCErrorEvent("error", { error }));
  }

  #setClosed(): void {
    this.#lastBufferedAmount = this.bufferedAmount;
    this.#readyState = "closed";
  }

  static {
    channelInside = {
      opened: (channel, mayFire) => {
        if (channel.#readyState === "closing" || channel.#readyState === "closed") return;
        channel.#readyState = "open";
        if (mayFire) channel.dispatchEvent(new Event("open"));
      },
      received: (channel, bytes, isText) => {
        if (channel.#readyState !== "open") return;
        channel.#counters.messagesReceived += 1;
        channel.#counters.bytesReceived += bytes.length;
        const data = isText
          ? textOf(bytes)
          : channel.#binaryType === "blob"
            ? new Blob([bytes as Uint8Array<ArrayBuffer>])
            : bufferOf(bytes);
        channel.dispatchEvent(new ChannelMessageEvent("message", { data }));
      },
      bufferedAmountLow: (channel) => {
        if (channel.#readyState !== "open" && channel.#readyState !== "closing") return;
        // More may have been sent since; then it will fall again.
        if (channel.bufferedAmount > channel.#lowThreshold) return;
        channel.dispatchEvent(new Event("bufferedamountlow"));
      },
      closing: (channel) => {
        if (channel.#readyState === "closing" || channel.#readyState === "closed") return;
        channel.#readyState = "closing";
        channel.dispatchEvent(new Event("closing"));
      },
      closed: (channel, error) => {
        if (channel.#readyState === "closed") return;
        channel.#setClosed();
        if (error !== undefined) channel.#fail(error);
        channel.dispatchEvent(new Event("close"));
      },
      abandoned: (channel) => channel.#setClosed(),
      countersOf: (channel) => channel.#counters,
    };
  }
}

/** How a connection moves its channels. */
export interface ChannelInside {
  opened(channel: RTCDataChannel, mayFire: boolean): void;
  received(channel: RTCDataChannel, bytes: Uint8Array, isText: boolean): void;
  bufferedAmountLow(channel: RTCDataChannel): void;
  closing(channel: RTCDataChannel): void;
  closed(channel: RTCDataChannel, error: RTCError | undefined): void;
  /** Closed without a word, with the connection (W3C webrtc §4.4.1.6). */
  abandoned(channel: RTCDataChannel): void;
  /** Counted for statistics. */
  countersOf(channel: RTCDataChannel): ChannelCounters;
}

/** W3C webrtc-stats, RTCDataChannelStats. */
export interface ChannelCounters {
  readonly messagesSent: number;
  readonly bytesSent: number;
  readonly messagesReceived: number;
  readonly bytesReceived: number;
}

/** `unsigned short?`: an OPEN of the other side may hold more (RFC 8832 §5.1). */
function shortOrNull(value: number | undefined): number | null {
  return value === undefined ? null : Math.min(value, 65_535);
}

/** Whether what is beneath the channel has ended, or is about to. */
function isOver(error: unknown): boolean {
  return (
    error instanceof SctpError &&
    (error.code === "channel-not-open" || error.code === "not-connected")
  );
}

function isBinary(data: unknown): data is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(data) || data instanceof ArrayBuffer;
}

/** What is sent is what the data was at the time of the call; as a Buffer, since those come from a pool and are not cleared first. */
function copyOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (data instanceof Uint8Array) return Buffer.from(data);
  return Buffer.from(
    ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data),
  );
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

function bufferOf(bytes: Uint8Array): ArrayBufferLike {
  const { buffer, byteOffset, length } = bytes;
  return length === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + length);
}

defineHandlers(RTCDataChannel.prototype, [
  "open",
  "message",
  "bufferedamountlow",
  "error",
  "closing",
  "close",
]);
defineInterface(RTCDataChannel);
