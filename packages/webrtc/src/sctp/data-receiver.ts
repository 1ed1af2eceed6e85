import { distance32, type Instant, readU16, readU32, type Timers } from "../wire/index.ts";
import { CHUNK } from "./chunk-type.ts";
import { dataFlag, dataHeaderLength, iDataHeaderLength } from "./data-chunk.ts";
import type { ForwardTsn } from "./forward-tsn-chunk.ts";
import { type IncomingMessage, type Ledger, OVERHEAD } from "./incoming-streams.ts";
import { InterleavedReassembly } from "./interleaved-reassembly.ts";
import type { PacketWriter } from "./packet-writer.ts";
import { AssemblyLimits, type ChunkAssembler, Reassembly } from "./reassembly.ts";
import { ReceiveWindow } from "./receive-window.ts";
import { ReceivedTsns } from "./received-tsns.ts";
import type { RoundTrip } from "./round-trip.ts";
import { sackHeaderLength, writeSack } from "./sack-chunk.ts";
import type { TimerName } from "./timer-name.ts";

/** What the handshake settled for the direction in. */
export interface DataReceiverOptions {
  readonly initialTsn: number;
  readonly interleaving: boolean;
  readonly inboundStreams: number;
  readonly maxMessageSize: number;
  readonly maxWindow: number;
}

/** What can be wrong with a DATA chunk; all but the last two end the association or answer an ERROR. */
export type DataFault =
  | "no-user-data"
  | "wrong-data-kind"
  | "invalid-stream"
  | "message-too-large"
  | "beyond-window";

/** Takes DATA chunks in, acknowledges them and puts messages together (RFC 9260 §6.2, §6.5, §6.6). */
export class DataReceiver {
  readonly #options: DataReceiverOptions;
  readonly #timers: Timers<TimerName>;
  readonly #roundTrip: RoundTrip;
  readonly #deliver: (message: IncomingMessage) => void;
  readonly #tsns = new ReceivedTsns();
  readonly #ledger: Ledger = { held: 0 };
  readonly #window: ReceiveWindow;
  readonly #assembler: ChunkAssembler;
  readonly #duplicates: number[] = [];
  readonly #kept: IncomingMessage[] = [];
  #paused = false;
  #sackDue = false;
  #packets = 0;
  #dataInPacket = false;
  #advertised = 0;

  constructor(
    options: DataReceiverOptions,
    roundTrip: RoundTrip,
    timers: Timers<TimerName>,
    deliver: (message: IncomingMessage) => void,
  ) {
    this.#options = options;
    this.#roundTrip = roundTrip;
    this.#timers = timers;
    this.#deliver = deliver;
    this.#window = new ReceiveWindow(options.maxWindow);
    const limits = new AssemblyLimits(options.maxMessageSize, this.#ledger);
    const Kind = options.interleaving ? InterleavedReassembly : Reassembly;
    this.#assembler = new Kind(limits, this.#ledger, (message) => this.#hand(message));
  }

  /** The peer's TSN up to which all has come. */
  get cumulativeTsn(): number {
    return this.#tsn(this.#tsns.cumulative);
  }

  /** Bytes held for the peer: loose, growing, waiting for their turn or for the application. */
  get held(): number {
    return this.#ledger.held;
  }

  /** Takes a DATA or I-DATA chunk; the bytes are copied, the caller keeps the packet. */
  receive(bytes: Uint8Array, at: number, length: number, now: Instant): DataFault | undefined {
    const { interleaving, inboundStreams } = this.#options;
    if ((bytes[at] === CHUNK.iData) !== interleaving) return "wrong-data-kind";
    const header = interleaving ? iDataHeaderLength : dataHeaderLength;
    if (length <= header) return "no-user-data";
    this.#dataInPacket = true;
    const tsns = this.#tsns;
    const expected = tsns.cumulative + 1;
    const sequence = expected + distance32(readU32(bytes, at + 4), this.#tsn(expected));
    if (sequence !== expected || tsns.hasGaps) {
      if (tsns.has(sequence)) {
        this.#noteDuplicate(readU32(bytes, at + 4));
        return undefined;
      }
      if (sequence - expected >= maxAhead) return "beyond-window";
    }
    if (!this.#hasRoom(sequence, length)) {
      this.#sackDue = true;
      return "beyond-window";
    }
    if (!tsns.add(sequence)) return "beyond-window";
    if (((bytes[at + 1] as number) & dataFlag.immediate) !== 0) this.#sackDue = true;
    this.#window.received(length, this.#roundTrip.srtt, now);
    // Its TSN counts as received all the same (RFC 9260 §6.5).
    if (readU16(bytes, at + 8) >= inboundStreams) return "invalid-stream";
    return this.#assembler.add(bytes, at, length, sequence) ? undefined : "message-too-large";
  }

  /** A packet is read to its end: an acknowledgement of its data, if it had any, is due at once or soon (RFC 9260 §6.2). */
  packetEnded(now: Instant): boolean {
    if (!this.#dataInPacket) return false;
    this.#dataInPacket = false;
    this.#packets += 1;
    if (this.#packets >= packetsPerSack || this.#tsns.hasGaps || this.#duplicates.length > 0) {
      this.#sackDue = true;
    } else if (this.#timers.at("sack") === undefined) {
      this.#timers.set("sack", now + sackDelayMs);
    }
    return true;
  }

  handleSackTimeout(): void {
    this.#sackDue = true;
  }

  /** Acknowledge with the next packet, whatever came. */
  requestSack(): void {
    this.#sackDue = true;
  }

  get isSackDue(): boolean {
    return this.#sackDue;
  }

  /** Something has come that is not acknowledged yet: a packet that leaves anyway may carry it. */
  get hasNews(): boolean {
    return this.#packets > 0;
  }

  /** Writes the acknowledgement that is due, as much of it as fits. */
  fillSack(writer: PacketWriter): void {
    const room = writer.room - sackHeaderLength;
    if (room < 0) return;
    const gaps = this.#tsns.hasGaps ? this.#tsns.gaps(room >> 2) : none;
    const duplicates = this.#duplicates.slice(0, (room >> 2) - gaps.length / 2);
    this.#advertised = this.#available;
    const tsn = this.cumulativeTsn;
    writer.at += writeSack(writer.bytes, writer.at, tsn, this.#advertised, gaps, duplicates);
    this.#duplicates.length = 0;
    this.#packets = 0;
    this.#sackDue = false;
    this.#timers.clear("sack");
  }

  /** The peer will not send some chunks again; `false` where it names chunks too far away. */
  forward({ cumulativeTsn, streams }: ForwardTsn): boolean {
    const { cumulative } = this.#tsns;
    const sequence = cumulative + distance32(cumulativeTsn, this.#tsn(cumulative));
    this.#sackDue = true;
    if (sequence <= cumulative) return true;
    if (sequence - cumulative > maxAhead) return false;
    this.#tsns.advance(sequence);
    this.#assembler.forward(sequence, streams);
    return true;
  }

  reset(streamIds: readonly number[]): void {
    this.#assembler.reset(streamIds);
  }

  /** While paused, messages stay here and the window closes behind them. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
    if (paused) return;
    for (const message of this.#kept.splice(0)) {
      this.#ledger.held -= message.bytes.length + OVERHEAD;
      this.#deliver(message);
    }
    // A window update, where the peer may think that there is no room (RFC 9260 §6.2).
    if (this.#available - this.#advertised > this.#window.size / 4) this.#sackDue = true;
  }

  get #available(): number {
    return Math.max(0, this.#window.size - this.#ledger.held);
  }

  #tsn(sequence: number): number {
    return (this.#options.initialTsn + sequence) >>> 0;
  }

  /**
   * Chunks that fill a gap are let in beyond the window, up to twice its size, as they set free
   * what waits for them. Others are dropped unread; the peer sends them again.
   */
  #hasRoom(sequence: number, length: number): boolean {
    const { held } = this.#ledger;
    if (held + length <= this.#window.size) return true;
    if (this.#paused) return false;
    if (sequence === this.#tsns.cumulative + 1) return held < hardFactor * this.#window.size;
    return sequence < this.#tsns.highest && held < gapFactor * this.#window.size;
  }

  #hand(message: IncomingMessage): void {
    if (!this.#paused) {
      this.#deliver(message);
      return;
    }
    this.#kept.push(message);
    this.#ledger.held += message.bytes.length + OVERHEAD;
  }

  #noteDuplicate(tsn: number): void {
    if (this.#duplicates.length < maxDuplicates) this.#duplicates.push(tsn);
    this.#sackDue = true;
  }
}

const none: readonly number[] = [];
/** RFC 9260 §6.2 */
const packetsPerSack = 2;
/** A tenth of the 200 ms of RFC 9260 §6.2: a lone message costs an acknowledgement either way. */
const sackDelayMs = 20;
/** A gap block cannot name a chunk further away (RFC 9260 §3.3.4). */
const maxAhead = 0xffff;
const maxDuplicates = 16;
const gapFactor = 1.5;
const hardFactor = 2;
