import type {
  AbortCause,
  DataChannel,
  DataChannelError,
  DataChannelEvent,
  DataChannels,
} from "../../sctp/index.ts";
import { RTCDataChannelEvent } from "./events.ts";
import type { PeerDriver } from "./peer-driver.ts";
import { type ChannelHost, channelInside, RTCDataChannel } from "./rtc-data-channel.ts";
import { RTCError } from "./rtc-error.ts";
import type { TaskQueue } from "./task-queue.ts";
import { internal } from "./web-idl.ts";

/** The channels of a connection: brings what happens below to the objects above. */
export class ChannelRegistry {
  /** How many have ever been open (W3C webrtc-stats, dataChannelsOpened). */
  opened = 0;
  readonly #tasks: TaskQueue;
  readonly #announce: (event: RTCDataChannelEvent) => void;
  readonly #channels = new Map<DataChannel, RTCDataChannel>();
  readonly #driver: PeerDriver;
  #host: (ChannelHost & { readonly channels: DataChannels }) | undefined;
  #isClosed = false;

  constructor(
    driver: PeerDriver,
    tasks: TaskQueue,
    announce: (event: RTCDataChannelEvent) => void,
  ) {
    this.#tasks = tasks;
    this.#announce = announce;
    this.#driver = driver;
  }

  get all(): readonly RTCDataChannel[] {
    return [...this.#channels.values()];
  }

  /** How many were open and are so no more (W3C webrtc-stats, dataChannelsClosed). */
  get closed(): number {
    return this.opened - this.all.filter(({ readyState }) => readyState === "open").length;
  }

  add(channel: DataChannel): RTCDataChannel {
    const host = this.#hostOf(this.#driver.peer.transport.channels);
    const wrapped = new RTCDataChannel(internal, host, channel);
    this.#channels.set(channel, wrapped);
    return wrapped;
  }

  /** Each event becomes a task of its own, as the standard has it. */
  handle(event: Exclude<DataChannelEvent, { type: "connected" | "disconnected" }>): void {
    const channel =
      event.type === "channel" ? this.add(event.channel) : this.#channels.get(event.channel);
    if (channel === undefined) return;
    this.#tasks.push(() => {
      if (this.#isClosed) return;
      switch (event.type) {
        case "channel":
          // Open already, so that a handler can send, but the event comes afterwards (W3C webrtc §6.2).
          this.opened += 1;
          channelInside.opened(channel, false);
          this.#announce(new RTCDataChannelEvent("datachannel", { channel }));
          break;
        case "open":
          if (channel.readyState === "connecting") this.opened += 1;
          channelInside.opened(channel, true);
          break;
        case "message":
          channelInside.received(channel, event.bytes, event.text);
          break;
        case "buffered-amount-low":
          channelInside.bufferedAmountLow(channel);
          break;
        case "closing":
          channelInside.closing(channel);
          break;
        case "closed":
          this.#channels.delete(event.channel);
          channelInside.closed(channel, errorOf(event.error, event.cause));
      }
    });
  }

  /** A channel stays with its association, also when the connection has got another one. */
  #hostOf(channels: DataChannels): ChannelHost {
    if (this.#host?.channels === channels) return this.#host;
    const driver = this.#driver;
    this.#host = {
      channels,
      send: (channel, bytes, isText) =>
        driver.queue((now) => channels.send(channel, bytes, isText, now)),
      checkSize: (bytes) => channels.checkSize(bytes),
      bufferedAmount: (channel) => channels.bufferedAmount(channel),
      setLowThreshold: (channel, bytes) =>
        driver.queue(() => channels.setBufferedAmountLowThreshold(channel, bytes)),
      close: (channel) => driver.queue((now) => channels.close(channel, now)),
    };
    return this.#host;
  }

  /** The connection is closed: so are its channels, without events (W3C webrtc §4.4.1.6). */
  abandon(): void {
    this.#isClosed = true;
    for (const channel of this.#channels.values()) channelInside.abandoned(channel);
  }
}

function errorOf(
  error: DataChannelError | undefined,
  cause: AbortCause | undefined,
): RTCError | undefined {
  switch (error) {
    case undefined:
      return undefined;
    case "no-id":
      return new RTCError({ errorDetail: "data-channel-failure" }, "No identifier is left.");
    case "ended":
      return new RTCError({ errorDetail: "data-channel-failure" }, "The session has ended before.");
    // By this side, since DTLS has ended or could not be set up.
    case "aborted":
      return new RTCError({ errorDetail: "sctp-failure" }, "The transport has ended.");
    case "aborted-by-peer":
      return abortedWith(cause);
    default:
      return new RTCError({ errorDetail: "sctp-failure" }, `The session has ended: ${error}.`);
  }
}

/** With the other side's words, if it has any (W3C webrtc §6.2, onerror). */
function abortedWith(cause: AbortCause | undefined): RTCError {
  const words = cause?.code === userAbort ? Buffer.from(cause.value).toString() : "";
  return new RTCError(
    { errorDetail: "sctp-failure", ...(cause && { sctpCauseCode: cause.code }) },
    ["The other side has ended the session.", words].join(" ").trim(),
  );
}

/** User-initiated abort: its value is the reason that the user gives (RFC 9260 §3.3.10.12). */
const userAbort = 12;
