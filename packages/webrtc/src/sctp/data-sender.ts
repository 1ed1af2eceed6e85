import { distance32, type Instant, type Timers } from "../wire/index.ts";
import { Abandonment } from "./abandonment.ts";
import { padded } from "./chunk-type.ts";
import { Congestion } from "./congestion.ts";
import { dataFlag, dataHeaderLength, iDataHeaderLength } from "./data-chunk.ts";
import { Fifo } from "./fifo.ts";
import { FATE, Flight } from "./flight.ts";
import { LossDetector } from "./loss-detector.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import type { OutgoingStreams } from "./outgoing-streams.ts";
import { Pacer } from "./pacer.ts";
import type { PacketWriter } from "./packet-writer.ts";
import type { RoundTrip } from "./round-trip.ts";
import { sack } from "./sack-chunk.ts";
import type { TimerName } from "./timer-name.ts";
import { writeChunk } from "./write-chunk.ts";

/** What the handshake settled for the direction out. */
export interface DataSenderOptions {
  readonly initialTsn: number;
  readonly peerWindow: number;
  readonly packetSize: number;
  readonly interleaving: boolean;
  readonly partialReliability: boolean;
}

/** Turns the backlog into DATA chunks and sees them through until they are acknowledged (RFC 9260 §6). */
export class DataSender {
  readonly #options: DataSenderOptions;
  readonly #streams: OutgoingStreams;
  readonly #timers: Timers<TimerName>;
  readonly #roundTrip: RoundTrip;
  readonly #flight = new Flight();
  readonly #congestion: Congestion;
  readonly #detector: LossDetector;
  readonly #abandonment: Abandonment;
  readonly #pacer = new Pacer();
  readonly #headerLength: number;
  /** Chunks to be sent again; some may have been acknowledged since they were entered. */
  readonly #lost = new Fifo<number>();

  #packetSize: number;
  #peerWindow: number;
  #zeroWindow = false;
  #packet = 0;
  #lastSentAt: Instant | undefined;
  /** Recovery lasts until all that was in flight at the reduction is acknowledged (RFC 9260 §7.2.4). */
  #recoveryEnd = 0;
  #roundEnd = 0;
  #probing = false;
  #probed = false;
  #forward = false;
  #forwardSentAt = Number.NEGATIVE_INFINITY;
  #timeouts = 0;

  constructor(
    options: DataSenderOptions,
    streams: OutgoingStreams,
    roundTrip: RoundTrip,
    timers: Timers<TimerName>,
  ) {
    this.#options = options;
    this.#streams = streams;
    this.#timers = timers;
    this.#roundTrip = roundTrip;
    this.#packetSize = options.packetSize;
    this.#peerWindow = options.peerWindow;
    this.#headerLength = options.interleaving ? iDataHeaderLength : dataHeaderLength;
    this.#congestion = new Congestion(options.packetSize, roundTrip);
    this.#detector = new LossDetector(this.#flight, roundTrip);
    this.#abandonment = new Abandonment(this.#flight, options.interleaving);
  }

  /** The TSN that was given last (RFC 6525 §4.1: Sender's Last Assigned TSN). */
  get lastTsn(): number {
    return this.#tsn(this.#flight.next - 1);
  }

  /** Nothing is on its way and nothing waits. */
  get isDone(): boolean {
    return this.#flight.isEmpty && this.#streams.isEmpty;
  }

  get isIdle(): boolean {
    return this.#flight.isEmpty;
  }

  /** For statistics: the congestion window, in bytes. */
  get window(): number {
    return this.#congestion.window;
  }

  get bytesInFlight(): number {
    return this.#flight.bytes;
  }

  /** How often the retransmission timer has expired since the last acknowledgement (RFC 9260 §8.1). */
  get timeouts(): number {
    return this.#timeouts;
  }

  setPacketSize(bytes: number): void {
    this.#packetSize = bytes;
    this.#congestion.setPacketSize(bytes);
  }

  /** Whether `fill` would send data now, as far as the window of congestion and the pacer go. */
  isReady(now: Instant): boolean {
    return this.#maySend(now);
  }

  /** Puts what may be sent now behind what the packet holds already. */
  fill(writer: PacketWriter, now: Instant): void {
    if (this.#forward) this.#fillForward(writer, now);
    const start = writer.at;
    if (this.#maySend(now)) {
      if (this.#probing) this.#fillProbe(writer, now);
      else {
        this.#fillLost(writer, now);
        if (this.#lost.length === 0) this.#fillNew(writer, now);
      }
    }
    if (writer.at === start) return;
    this.#pacer.spend(writer.at - start);
    this.#packet += 1;
    this.#lastSentAt = now;
    if (this.#timers.at("t3") === undefined) this.#startT3(now);
    this.#startTail(now);
  }

  /** An acknowledgement, checked already for its form; `false` where it names what was never sent. */
  receiveSack(bytes: Uint8Array, at: number, now: Instant): boolean {
    const flight = this.#flight;
    const base = flight.base;
    const cumulative = base - 1 + distance32(sack.cumulativeTsn(bytes, at), this.#tsn(base - 1));
    if (cumulative >= flight.next) return false;
    // An older one than was seen (RFC 9260 §6.2.1, D i).
    if (cumulative < base - 1) return true;
    this.#acknowledge(bytes, at, cumulative, now);
    if (sack.duplicateCount(bytes, at) > 0) this.#detector.duplicated();
    const window = sack.window(bytes, at);
    this.#zeroWindow = window === 0;
    this.#peerWindow = Math.max(0, window - flight.bytes);
    // A peer that answers is alive, though it may have no room (RFC 9260 §6.1).
    if (flight.base > base || this.#zeroWindow) this.#timeouts = 0;
    this.#detect(now);
    this.#forwardAfterSack(now);
    if (flight.isEmpty) this.#stopTimers();
    else if (flight.base > base) {
      this.#startT3(now);
      this.#startTail(now);
    }
    return true;
  }

  /** SHUTDOWN acknowledges as a SACK without gaps does (RFC 9260 §9.2). */
  receiveCumulative(tsn: number, now: Instant): void {
    const { base, next } = this.#flight;
    const cumulative = base - 1 + distance32(tsn, this.#tsn(base - 1));
    if (cumulative < base || cumulative >= next) return;
    while (this.#flight.base <= cumulative) {
      this.#settle(this.#flight.base, now);
      this.#flight.release();
    }
    if (this.#flight.isEmpty) this.#stopTimers();
    else this.#startT3(now);
  }

  /** T3-rtx expired (RFC 9260 §6.3.3). */
  handleTimeout(now: Instant): void {
    const flight = this.#flight;
    this.#timeouts += 1;
    if (!this.#zeroWindow) this.#congestion.timedOut(now);
    this.#roundTrip.backOff();
    this.#recoveryEnd = flight.base;
    this.#probing = false;
    this.#probed = true;
    for (let sequence = flight.base; sequence < flight.next; sequence += 1) {
      const fate = flight.fate(sequence);
      if (fate === FATE.inFlight) this.#markLost(sequence, now);
      else if (fate === FATE.acked && this.#timeouts > 1) {
        // Twice without progress: the peer may have dropped what it reported (RFC 9260 §6.2.1, D iii).
        flight.setRun(sequence, 0);
        this.#markLost(sequence, now);
      }
    }
    this.#abandonment.advance();
    this.#forward = this.#abandonment.isPending;
    this.#timers.clear("reordering");
    this.#timers.clear("tail");
    this.#startT3(now);
  }

  /** Chunks may have outstayed the reordering window (RFC 8985 §6.3). */
  handleReordering(now: Instant): void {
    this.#detect(now);
  }

  /** Nothing was heard for two round trips: one more packet, to be acknowledged at once (RFC 8985 §7.3). */
  handleTail(now: Instant): void {
    this.#probed = true;
    this.#startT3(now);
    if (this.#lost.length === 0) this.#probing = true;
    else this.#giveUpSilent(now);
  }

  /**
   * There are losses to mend and the window is closed, yet no answer comes: what fills the window
   * has left the network. It was lost too, or it arrived and the SACKs had no room to say so, as
   * happens after a thousand gaps. Either way it no longer counts as in flight.
   */
  #giveUpSilent(now: Instant): void {
    const flight = this.#flight;
    const before = now - this.#roundTrip.srtt;
    for (let sequence = flight.base; sequence < flight.next; sequence += 1) {
      if (flight.fate(sequence) === FATE.inFlight && flight.sentAt(sequence) < before) {
        this.#markLost(sequence, now);
      }
    }
  }

  #tsn(sequence: number): number {
    return (this.#options.initialTsn + sequence) >>> 0;
  }

  #maySend(now: Instant): boolean {
    if (this.#probing) return true;
    if (this.#lost.length === 0 && this.#streams.isEmpty) return false;
    if (this.#flight.bytes >= this.#congestion.window) return false;
    const rate = this.#congestion.pacingRate;
    if (this.#pacer.allows(rate, this.#packetSize, now)) return true;
    this.#timers.set("pace", this.#pacer.nextAt(rate, this.#packetSize, now));
    return false;
  }

  #fillForward(writer: PacketWriter, now: Instant): void {
    if (!writer.append(this.#abandonment.chunk(this.#options.initialTsn))) return;
    this.#forward = false;
    this.#forwardSentAt = now;
    if (this.#timers.at("t3") === undefined) this.#startT3(now);
  }

  #fillLost(writer: PacketWriter, now: Instant): void {
    for (;;) {
      const sequence = this.#lost.first;
      if (sequence === undefined) return;
      if (sequence >= this.#flight.base && this.#flight.fate(sequence) === FATE.lost) {
        if (!this.#writeAgain(writer, sequence, 0, now)) return;
      }
      this.#lost.shift();
    }
  }

  /** Sends a chunk again; `false` where the packet has no room for it and holds others. */
  #writeAgain(writer: PacketWriter, sequence: number, flags: number, now: Instant): boolean {
    const flight = this.#flight;
    const size = padded(this.#headerLength + flight.length(sequence));
    // The path MTU may have shrunk since; a chunk cannot be cut again, so it goes alone (RFC 9260 §6.9).
    const fits = size <= writer.room || (writer.isEmpty && writer.at + size <= writer.bytes.length);
    if (!fits) return false;
    flight.retransmit(sequence, this.#packet, now);
    this.#detector.sentAgain(sequence, this.#packet);
    writeChunk(writer, flight, sequence, this.#tsn(sequence), this.#options.interleaving, flags);
    return true;
  }

  #fillProbe(writer: PacketWriter, now: Instant): void {
    this.#probing = false;
    const before = this.#flight.next;
    this.#fillNew(writer, now, dataFlag.immediate);
    if (this.#flight.next > before) return;
    for (let sequence = this.#flight.next - 1; sequence >= this.#flight.base; sequence -= 1) {
      if (this.#flight.fate(sequence) !== FATE.inFlight) continue;
      this.#writeAgain(writer, sequence, dataFlag.immediate, now);
      return;
    }
  }

  #fillNew(writer: PacketWriter, now: Instant, flags: number = 0): void {
    this.#wakeFromIdle(now);
    const flight = this.#flight;
    const largest = (this.#packetSize - 12 - this.#headerLength) & ~3;
    while (flight.bytes < this.#congestion.window || flags !== 0) {
      const message = this.#nextMessage(now);
      if (message === undefined || flight.isFull) return;
      const rest = message.bytes.length - message.sent;
      const room = writer.room - this.#headerLength;
      let length = rest;
      if (padded(rest) > room) {
        // Only what must be cut anyway is cut to fill up a packet.
        if (rest <= largest || room < minFragment) return;
        length = room & ~3;
      }
      // One chunk may probe a closed window (RFC 9260 §6.1, A).
      if (length > this.#peerWindow && !flight.isEmpty) return;
      this.#peerWindow = Math.max(0, this.#peerWindow - length);
      if (message.sent === 0) {
        message.firstSequence = flight.next;
        this.#streams.number(message, this.#options.interleaving);
      }
      flight.add(message, length, this.#packet, now);
      const sequence = flight.next - 1;
      writeChunk(writer, flight, sequence, this.#tsn(sequence), this.#options.interleaving, flags);
      this.#streams.took(length, this.#options.interleaving);
    }
  }

  /** The message whose turn it is, those given up left out. */
  #nextMessage(now: Instant): OutgoingMessage | undefined {
    for (;;) {
      const message = this.#streams.current;
      if (message === undefined || !this.#options.partialReliability) return message;
      if (!message.abandoned && message.expiresAt > now) return message;
      this.#streams.dropCurrent();
      if (message.sent > 0 && !message.abandoned) this.#abandon(message);
    }
  }

  #wakeFromIdle(now: Instant): void {
    if (!this.#flight.isEmpty || this.#lastSentAt === undefined) return;
    const timeouts = Math.floor((now - this.#lastSentAt) / this.#roundTrip.rtoMs);
    if (timeouts > 0) this.#congestion.idled(timeouts);
  }

  #acknowledge(bytes: Uint8Array, at: number, cumulative: number, now: Instant): void {
    const flight = this.#flight;
    const before = flight.bytes;
    const inRecovery = flight.base < this.#recoveryEnd;
    this.#detector.sample = -1;
    let acked = 0;
    while (flight.base <= cumulative) {
      acked += this.#settle(flight.base, now);
      flight.release();
    }
    for (let i = 0, gaps = sack.gapCount(bytes, at); i < gaps; i += 1) {
      const start = cumulative + sack.gapStart(bytes, at, i);
      const end = Math.min(cumulative + sack.gapEnd(bytes, at, i), flight.next - 1);
      let sequence = start;
      while (sequence <= end) {
        const run = flight.run(sequence);
        if (run > 0) sequence += run;
        else acked += this.#settle(sequence, now);
        sequence += 1;
      }
      if (end > start) flight.setRun(start, end - start);
    }
    if (acked === 0) return;
    this.#probed = false;
    const { sample } = this.#detector;
    if (sample >= 0) {
      this.#roundTrip.measure(sample, now);
      this.#congestion.sampled(sample);
    }
    this.#congestion.acked(acked, before, inRecovery, now);
    if (this.#detector.highest >= this.#roundEnd) {
      this.#roundEnd = flight.next;
      this.#congestion.roundEnded(now);
    }
  }

  /** Marks a chunk as acknowledged and answers its bytes, if that was news. */
  #settle(sequence: number, now: Instant): number {
    const fate = this.#flight.fate(sequence);
    if (fate !== FATE.inFlight && fate !== FATE.lost) return 0;
    this.#detector.delivered(sequence, now);
    this.#flight.settle(sequence, FATE.acked);
    return this.#flight.length(sequence);
  }

  #detect(now: Instant): void {
    const flight = this.#flight;
    const inRecovery = flight.base < this.#recoveryEnd;
    const deadline = this.#detector.detect(inRecovery, now);
    if (deadline === undefined) this.#timers.clear("reordering");
    else this.#timers.set("reordering", deadline);
    const { lost } = this.#detector;
    if (lost.length === 0) return;
    let bytes = 0;
    for (const sequence of lost) {
      bytes += flight.length(sequence);
      if (flight.fate(sequence) === FATE.inFlight) this.#markLost(sequence, now);
    }
    this.#peerWindow += bytes;
    if (this.#congestion.lost(bytes, inRecovery, now)) this.#recoveryEnd = flight.next;
  }

  #markLost(sequence: number, now: Instant): void {
    const message = this.#flight.message(sequence);
    const retransmits = this.#flight.transmissions(sequence) - 1;
    const giveUp = retransmits >= message.maxRetransmits || message.expiresAt <= now;
    if (giveUp && this.#options.partialReliability) {
      this.#abandon(message);
    } else {
      this.#flight.settle(sequence, FATE.lost);
      this.#lost.push(sequence);
    }
  }

  #abandon(message: OutgoingMessage): void {
    this.#abandonment.abandon(message);
    if (this.#abandonment.advance()) this.#forward = true;
  }

  /** The peer has not caught up with the point: tell it again, once a round trip (RFC 3758 §3.5, C3). */
  #forwardAfterSack(now: Instant): void {
    const moved = this.#abandonment.advance();
    if (!this.#abandonment.isPending) this.#forward = false;
    else if (moved || now - this.#forwardSentAt >= this.#roundTrip.srtt) this.#forward = true;
  }

  #startT3(now: Instant): void {
    this.#timers.set("t3", now + this.#roundTrip.rtoMs);
  }

  #startTail(now: Instant): void {
    if (this.#probed || this.#roundTrip.srtt === 0) return;
    const delay = this.#flight.bytes <= this.#packetSize ? maxSackDelayMs : 0;
    const at = now + Math.max(2 * this.#roundTrip.srtt, minTailMs) + delay;
    const t3 = this.#timers.at("t3");
    if (t3 !== undefined && at >= t3) this.#timers.clear("tail");
    else this.#timers.set("tail", at);
  }

  #stopTimers(): void {
    this.#timers.clear("t3");
    this.#timers.clear("tail");
    this.#timers.clear("reordering");
  }
}

/** A fragment smaller than this is not worth its header. */
const minFragment = 256;
/** How long a peer may wait with the acknowledgement of a lone packet (RFC 9260 §6.2, RFC 8985 §7.2: WCDelAckT). */
const maxSackDelayMs = 200;
/** A timer of a host is not finer than this. */
const minTailMs = 10;
