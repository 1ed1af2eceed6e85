import { type Instant, type Machine, type Output, Timers } from "../wire/index.ts";
import type {
  AbortCause,
  AssociationCore,
  AssociationState,
  ClosedReason,
  Identity,
} from "./association-core.ts";
import { type AssociationOptions, type SendOptions, withDefaults } from "./association-options.ts";
import { DataReceiver } from "./data-receiver.ts";
import { DataSender } from "./data-sender.ts";
import { CAUSE, encodeAbort } from "./error-chunk.ts";
import { Fifo } from "./fifo.ts";
import { Handshake, newIdentity } from "./handshake.ts";
import type { IncomingMessage } from "./incoming-streams.ts";
import type { Init } from "./init-chunk.ts";
import { OutgoingStreams } from "./outgoing-streams.ts";
import { type AssociationFault, PacketInput } from "./packet-input.ts";
import { PacketOutput } from "./packet-output.ts";
import type { Parameter } from "./parameters.ts";
import { Path } from "./path.ts";
import { RoundTrip } from "./round-trip.ts";
import { SctpError } from "./sctp-error.ts";
import { Shutdown } from "./shutdown.ts";
import { StreamResets } from "./stream-resets.ts";
import type { TimerName } from "./timer-name.ts";

/** What an association tells its user. */
export type AssociationEvent =
  | { readonly type: "established" }
  /** The peer has begun anew: what was under way is lost, streams count from zero (RFC 9260 §5.2.4.1). */
  | { readonly type: "restarted" }
  | { readonly type: "message"; readonly message: IncomingMessage }
  | { readonly type: "buffered-amount-low"; readonly streamId: number }
  /** No stream identifiers stand for all streams. */
  | { readonly type: "incoming-reset"; readonly streamIds: readonly number[] }
  | {
      readonly type: "outgoing-reset";
      readonly streamIds: readonly number[];
      readonly performed: boolean;
    }
  | {
      readonly type: "closed";
      readonly reason: ClosedReason;
      readonly cause: AbortCause | undefined;
    };

/** The largest number of streams in either direction (RFC 8831 §6.2). */
export const maxStreams = 65_535;

/**
 * One SCTP association over DTLS (RFC 9260, RFC 8261), as a machine that owns neither socket nor clock.
 *
 * Both sides may call `connect`, at once or not at all: an INIT is answered from the start.
 *
 * `poll` hands out events, then packets, each packet in an array of its own. A caller that moves
 * many packets drains `pollEvent` and `pollInto` in place of it: `pollInto` writes the next packet
 * into the caller's buffer at the given headroom, where DTLS then seals it, without a copy between.
 */
export class Association implements Machine<Uint8Array, AssociationEvent> {
  readonly #options: Omit<Required<AssociationOptions>, "remotePort"> & { remotePort: number };
  readonly #timers = new Timers<TimerName>();
  readonly #events = new Fifo<AssociationEvent>();
  readonly #core: AssociationCore;
  readonly #streams: OutgoingStreams;
  readonly #handshake: Handshake;
  readonly #shutdown: Shutdown;
  readonly #path: Path;
  readonly #input: PacketInput;
  readonly #output: PacketOutput;
  readonly #earlyResets: number[] = [];
  #scratch: Uint8Array | undefined;
  #now: Instant = 0;
  #ended = false;
  #paused = false;

  constructor(options: AssociationOptions) {
    this.#options = withDefaults(options);
    const { packetSize, maxPacketSize } = this.#options;
    this.#core = this.#makeCore();
    this.#streams = new OutgoingStreams({
      bufferedAmountLow: (streamId) => this.#events.push({ type: "buffered-amount-low", streamId }),
      drained: (streamId) => this.#drained(streamId),
    });
    this.#handshake = new Handshake(this.#core);
    this.#shutdown = new Shutdown(this.#core);
    this.#path = new Path(this.#core, packetSize, maxPacketSize);
    const parts = { handshake: this.#handshake, shutdown: this.#shutdown, path: this.#path };
    this.#input = new PacketInput(this.#core, parts, this.#options);
    this.#output = new PacketOutput(this.#core, this.#options);
  }

  get state(): AssociationState {
    return this.#core.state;
  }

  /** How many streams may be sent on; known once the association stands. */
  get outboundStreams(): number {
    return Math.min(this.#core.peer?.inboundStreams ?? maxStreams, maxStreams);
  }

  /** How many streams the peer may send on; known once the association stands. */
  get inboundStreams(): number {
    return Math.min(this.#core.peer?.outboundStreams ?? maxStreams, maxStreams);
  }

  /** How often each fault was met in what came in. */
  get faults(): ReadonlyMap<AssociationFault, number> {
    return this.#input.faults;
  }

  /** The buffer that `pollInto` is given must have this much room. */
  get maxPacketSize(): number {
    return Math.max(this.#options.maxPacketSize, this.#options.packetSize);
  }

  /** Figures for statistics (W3C webrtc-stats, RTCSctpTransport). */
  get statistics(): {
    readonly roundTripMs: number;
    readonly congestionWindow: number;
    readonly bytesInFlight: number;
    readonly packetSize: number;
    readonly bytesHeld: number;
  } {
    return {
      roundTripMs: this.#core.roundTrip.srtt,
      congestionWindow: this.#core.sender?.window ?? 0,
      bytesInFlight: this.#core.sender?.bytesInFlight ?? 0,
      packetSize: this.#path.packetSize,
      bytesHeld: this.#core.receiver?.held ?? 0,
    };
  }

  get deadline(): Instant | undefined {
    return this.#timers.deadline;
  }

  /** The port that the peer's description names; to be told before `connect`. */
  setRemotePort(port: number): void {
    this.#options.remotePort = port;
  }

  connect(now: Instant): void {
    this.#now = now;
    if (this.#ended || this.#core.state !== "closed") return;
    this.#handshake.start(now);
  }

  /**
   * Sends a message; before the association stands it waits. The bytes are not copied and must not
   * change until they are sent: the caller gives them away.
   */
  send(streamId: number, bytes: Uint8Array, options: SendOptions, now: Instant): void {
    this.#now = now;
    const { state } = this.#core;
    if (this.#ended || state.startsWith("shutdown")) {
      throw new SctpError("not-connected", "The association has ended or is ending.");
    }
    if (bytes.length === 0) throw new SctpError("empty-message", "SCTP has no empty messages.");
    if (!(streamId >= 0 && streamId < this.outboundStreams)) {
      throw new SctpError("stream-out-of-range", `The peer takes no stream ${streamId}.`);
    }
    if (this.#streams.isResetting(streamId)) {
      throw new SctpError("stream-resetting", `Stream ${streamId} is being reset.`);
    }
    const counted = options.counted ?? true;
    if (counted && this.#streams.buffered + bytes.length > this.#options.maxSendBuffer) {
      throw new SctpError("send-buffer-full", "Too much waits to be sent.");
    }
    this.#streams.enqueue({
      streamId,
      ppid: options.ppid,
      bytes,
      unordered: options.unordered ?? false,
      counted,
      maxRetransmits: options.maxRetransmits ?? Number.POSITIVE_INFINITY,
      expiresAt: now + (options.lifetimeMs ?? Number.POSITIVE_INFINITY),
      sent: 0,
      fragments: 0,
      order: 0,
      firstSequence: 0,
      abandoned: false,
    });
  }

  /** Bytes of a stream that wait to be sent for the first time. */
  bufferedAmount(streamId: number): number {
    return this.#streams.bufferedOn(streamId);
  }

  /** From here on `buffered-amount-low` tells when the buffered amount falls to this. */
  setBufferedAmountLowThreshold(streamId: number, bytes: number): void {
    this.#streams.setLowThreshold(streamId, bytes);
  }

  /** Resets an outgoing stream after all that was given to it has left (RFC 6525 §5.1.2). */
  resetStream(streamId: number, now: Instant): void {
    this.#now = now;
    if (!this.#ended) this.#streams.startReset(streamId);
  }

  /** The stream is to be reset, or the answer to that is awaited. */
  isResetting(streamId: number): boolean {
    return this.#streams.isResetting(streamId);
  }

  /** While paused no messages come out, and the receive window closes as they gather. */
  setPaused(paused: boolean, now: Instant): void {
    this.#now = now;
    this.#paused = paused;
    this.#core.receiver?.setPaused(paused);
  }

  /** Ends once all that was sent is acknowledged (RFC 9260 §9.2). */
  shutdown(now: Instant): void {
    this.#now = now;
    this.#shutdown.start(now);
  }

  /** Ends at once; what waits is lost (RFC 9260 §9.1). */
  abort(now: Instant): void {
    this.#now = now;
    if (!this.#ended) {
      this.#core.abort("aborted", { type: CAUSE.userAbort, value: new Uint8Array(0) });
    }
  }

  /** Takes a packet; nothing of it is kept, so the caller may use its bytes again. */
  receive(packet: Uint8Array, now: Instant): void {
    this.#now = now;
    if (!this.#ended) this.#input.receive(plain(packet), now);
  }

  handleTimeout(now: Instant): void {
    this.#now = now;
    for (;;) {
      const name = this.#timers.expire(now);
      if (name === undefined) break;
      this.#expired(name, now);
    }
    this.#shutdown.proceed(now);
  }

  /** The way below is back, or another: what waits for an answer is sent again now, not when timers that backed off say so. */
  resume(now: Instant): void {
    this.#now = now;
    const { sender, roundTrip } = this.#core;
    if (sender === undefined || sender.timeouts === 0) return;
    roundTrip.calm();
    sender.handleTimeout(now);
  }

  poll(): Output<Uint8Array, AssociationEvent> | undefined {
    const event = this.#events.shift();
    if (event !== undefined) return { type: "event", event };
    this.#scratch ??= new Uint8Array(this.maxPacketSize);
    const length = this.pollInto(this.#scratch, 0);
    return length === 0 ? undefined : { type: "packet", packet: this.#scratch.slice(0, length) };
  }

  /** The next event; all of them are to be taken, as with `poll`. */
  pollEvent(): AssociationEvent | undefined {
    return this.#events.shift();
  }

  /**
   * Writes the next packet to `target[headroom]` and answers its length; 0 where nothing is to be
   * sent now. Behind the headroom there must be room for `maxPacketSize` bytes.
   */
  pollInto(target: Uint8Array, headroom: number): number {
    return this.#output.write(target, headroom, this.#path.packetSize, this.#now);
  }

  #expired(name: TimerName, now: Instant): void {
    const { sender, receiver, resets } = this.#core;
    switch (name) {
      case "t1":
        this.#handshake.handleTimeout(now);
        break;
      case "t2":
        this.#shutdown.handleTimeout(now);
        break;
      case "t3":
        sender?.handleTimeout(now);
        if (sender?.timeouts === blackHoleTimeouts) this.#path.suspectBlackHole(now);
        this.#checkReachable();
        break;
      case "t5":
        this.#core.abort("unreachable", { type: CAUSE.userAbort, value: new Uint8Array(0) });
        break;
      case "sack":
        receiver?.handleSackTimeout();
        break;
      case "reordering":
        sender?.handleReordering(now);
        break;
      case "tail":
        sender?.handleTail(now);
        break;
      case "pace":
        // The next poll finds credit.
        break;
      case "heartbeat":
        this.#path.handleHeartbeat(now);
        this.#checkReachable();
        break;
      case "reconfig":
        if (resets?.handleTimeout(now) === false) this.#core.end("unreachable");
        break;
      case "mtu":
        this.#path.handleMtu(now);
        break;
    }
  }

  #checkReachable(): void {
    const errors = (this.#core.sender?.timeouts ?? 0) + this.#path.unanswered;
    if (errors > this.#options.maxTimeouts) {
      this.#core.abort("unreachable", { type: CAUSE.userAbort, value: new Uint8Array(0) });
    }
  }

  #makeCore(): AssociationCore {
    const { crypto, maxTimeouts } = this.#options;
    return {
      crypto,
      maxTimeouts,
      timers: this.#timers,
      roundTrip: new RoundTrip(),
      state: "closed",
      local: newIdentity({ crypto }),
      peer: undefined,
      sender: undefined,
      receiver: undefined,
      resets: undefined,
      describe: (local) => this.#describe(local),
      send: (chunk) => this.#output.control(chunk),
      sendAlone: (tag, chunks, mayOmitChecksum = false) =>
        this.#output.lone({ tag, chunks, mayOmitChecksum }),
      adopt: (peer) => this.#adopt(peer),
      established: (now, restarted) => this.#established(now, restarted),
      end: (reason, cause) => this.#end(reason, cause),
      abort: (reason, cause) => this.#abort(reason, cause),
    };
  }

  #describe(local: Identity): Init {
    const { interleaving, zeroChecksum, maxReceiveWindow } = this.#options;
    return {
      tag: local.tag,
      initialTsn: local.initialTsn,
      window: Math.min(maxReceiveWindow, initialWindow),
      outboundStreams: maxStreams,
      inboundStreams: maxStreams,
      partialReliability: true,
      reconfiguration: true,
      interleaving,
      padding: true,
      zeroChecksum,
      cookie: undefined,
      unrecognized: [],
    };
  }

  /** Sets up both directions with what both sides can do. */
  #adopt(offered: Init): void {
    const { local, roundTrip } = this.#core;
    const interleaving = offered.interleaving && this.#options.interleaving;
    const zeroChecksum = offered.zeroChecksum && this.#options.zeroChecksum;
    this.#core.peer = { ...offered, interleaving, zeroChecksum, cookie: undefined };
    const out = {
      initialTsn: local.initialTsn,
      peerWindow: offered.window,
      packetSize: this.#path.packetSize,
      interleaving,
      partialReliability: offered.partialReliability,
    };
    const into = {
      initialTsn: offered.initialTsn,
      interleaving,
      inboundStreams: maxStreams,
      maxMessageSize: this.#options.maxMessageSize,
      maxWindow: this.#options.maxReceiveWindow,
    };
    this.#core.sender = new DataSender(out, this.#streams, roundTrip, this.#timers);
    this.#core.receiver = new DataReceiver(into, roundTrip, this.#timers, (message) =>
      this.#events.push({ type: "message", message }),
    );
    if (this.#paused) this.#core.receiver.setPaused(true);
    this.#core.resets = new StreamResets(this.#core, local.initialTsn, offered, {
      incomingReset: (streamIds) => this.#events.push({ type: "incoming-reset", streamIds }),
      outgoingReset: (streamIds, performed) => this.#outgoingReset(streamIds, performed),
    });
  }

  /** A stream that is to be reset is empty: ask the peer, once there is one that understands. */
  #drained(streamId: number): void {
    const { peer, resets, state } = this.#core;
    if (resets === undefined || peer === undefined || state === "cookie-echoed") {
      this.#earlyResets.push(streamId);
    } else if (peer.reconfiguration) resets.reset(streamId, this.#now);
    else this.#outgoingReset([streamId], true);
  }

  #outgoingReset(streamIds: readonly number[], performed: boolean): void {
    for (const id of streamIds) {
      if (performed) this.#streams.finishReset(id);
      else this.#streams.cancelReset(id);
    }
    this.#events.push({ type: "outgoing-reset", streamIds, performed });
  }

  #established(now: Instant, restarted: boolean): void {
    if (restarted) {
      this.#timers.clearAll();
      this.#streams.clear();
      this.#output.clearControl();
    }
    this.#events.push({ type: restarted ? "restarted" : "established" });
    this.#path.start(now);
    for (const streamId of this.#earlyResets.splice(0)) this.#drained(streamId);
  }

  #abort(reason: ClosedReason, cause: Parameter): void {
    const { peer } = this.#core;
    if (peer !== undefined) this.#core.sendAlone(peer.tag, encodeAbort(cause, false), true);
    this.#end(reason);
  }

  #end(reason: ClosedReason, cause?: AbortCause): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#core.state = "closed";
    this.#timers.clearAll();
    this.#streams.clear();
    this.#output.clearControl();
    this.#core.sender = undefined;
    this.#core.receiver = undefined;
    this.#core.resets = undefined;
    this.#events.push({ type: "closed", reason, cause });
  }
}

/** A host's kind of bytes, such as Node's Buffer, has methods of its own: `slice` there does not copy. */
function plain(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What INIT promises before it is known how much the application takes. */
const initialWindow = 1024 * 1024;
/** So many timeouts in a row make a packet size suspect before the path. */
const blackHoleTimeouts = 3;
