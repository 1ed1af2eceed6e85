import type { Instant } from "../wire/index.ts";
import type { RecordNumber } from "./ack.ts";
import { Datagrams } from "./datagrams.ts";
import type { DtlsConfig } from "./dtls-config.ts";
import type { HandshakeMessage } from "./handshake-message.ts";
import { withRange } from "./ranges.ts";
import type { RecordLayer13 } from "./record-layer13.ts";
import { Retransmission } from "./retransmission.ts";

/** A message of a flight, and the keys that it goes under. */
export interface FlightMessage {
  readonly epoch: number;
  readonly message: HandshakeMessage;
}

interface Progress extends FlightMessage {
  /** What the peer has said it has, as sorted ranges of the body. */
  acknowledged: readonly number[];
}

/** A part of a message that one record has carried. */
interface Carried {
  readonly progress: Progress;
  readonly from: number;
  readonly to: number;
}

/** More than any flight makes in all its transmissions; older records are forgotten. */
const maxRecords = 1024;

/**
 * The flight that is under way (RFC 9147 §5.8): sent again when the timer runs out or the peer
 * repeats itself, without what the peer has acknowledged by then.
 */
export class Flight13 {
  readonly #layer: RecordLayer13;
  readonly #send: (packet: Uint8Array) => void;
  readonly #again: Retransmission;
  #messages: readonly Progress[] = [];
  #carried = new Map<string, Carried>();

  constructor(
    layer: RecordLayer13,
    send: (packet: Uint8Array) => void,
    settings: Pick<DtlsConfig, "mtu" | "initialRtoMs">,
  ) {
    this.#layer = layer;
    this.#send = send;
    this.#again = new Retransmission(settings, () => this.#transmit());
  }

  get deadline(): Instant | undefined {
    return this.#again.deadline;
  }

  /** Whether nothing is waited for. */
  get isDone(): boolean {
    return this.#messages.length === 0;
  }

  /** How soon what has come is acknowledged, where no answer of ours does that (RFC 9147 §7.1). */
  get ackDelayMs(): number {
    return this.#again.initialRtoMs / 4;
  }

  set mtu(bytes: number) {
    this.#again.mtu = bytes;
  }

  /** Sends a new flight; the one before is answered by that. */
  start(messages: readonly FlightMessage[], now: Instant): void {
    this.#messages = messages.map((one) => ({ ...one, acknowledged: [] }));
    this.#carried = new Map();
    this.#again.start(now);
  }

  /** Nothing is waited for any more, and nothing is repeated. */
  end(): void {
    this.#messages = [];
    this.#carried.clear();
    this.#again.stop();
  }

  /** Takes an ACK; what it leaves out has probably been lost, and is sent again (RFC 9147 §7.2). */
  acknowledge(numbers: readonly RecordNumber[], now: Instant): void {
    let isNews = false;
    for (const number of numbers) {
      const key = keyOf(number);
      const carried = this.#carried.get(key);
      if (carried === undefined) continue;
      this.#carried.delete(key);
      const { progress, from, to } = carried;
      progress.acknowledged = withRange(progress.acknowledged, from, to);
      isNews = true;
    }
    if (!isNews) return;
    this.#messages = this.#messages.filter((one) => !isWhole(one));
    if (this.isDone) this.end();
    else this.repeat(now);
  }

  handleTimeout(now: Instant): void {
    this.#again.handleTimeout(now);
  }

  /** The peer has shown that it has not got all of this flight. */
  repeat(now: Instant): void {
    if (!this.isDone) this.#again.repeat(now);
  }

  #transmit(): void {
    const datagrams = new Datagrams(this.#layer, this.#again.mtu, this.#send);
    for (const progress of this.#messages) {
      for (const [start, end] of missing(progress)) {
        datagrams.message(progress.epoch, progress.message, start, end, (from, to) => {
          this.#remember(progress, from, to);
        });
      }
    }
    datagrams.flush();
  }

  #remember(progress: Progress, from: number, to: number): void {
    const oldest = this.#carried.size < maxRecords ? undefined : this.#carried.keys().next().value;
    if (oldest !== undefined) this.#carried.delete(oldest);
    const number = { epoch: progress.epoch, sequence: this.#layer.lastSequence };
    this.#carried.set(keyOf(number), { progress, from, to });
  }
}

function keyOf({ epoch, sequence }: RecordNumber): string {
  return `${epoch}.${sequence}`;
}

/** No message of a flight has an empty body, so that all of one is a range. */
function isWhole({ acknowledged, message }: Progress): boolean {
  return acknowledged[0] === 0 && acknowledged[1] === message.body.length;
}

/** What lies between and behind the acknowledged ranges. */
function missing({ acknowledged, message }: Progress): readonly (readonly [number, number])[] {
  const gaps: [number, number][] = [];
  let at = 0;
  for (let i = 0; i < acknowledged.length; i += 2) {
    const start = acknowledged[i] as number;
    if (start > at) gaps.push([at, start]);
    at = acknowledged[i + 1] as number;
  }
  if (at < message.body.length) gaps.push([at, message.body.length]);
  return gaps;
}
