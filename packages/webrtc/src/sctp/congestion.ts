import type { Instant } from "../wire/index.ts";
import { queueThresholdMs, type RoundTrip } from "./round-trip.ts";

/**
 * How many bytes may be in flight. See README.md for the choice and its figures.
 *
 * The frame is RFC 9260 §7.2 (slow start, avoidance, one reduction per window of data). Three parts
 * differ from its Reno: slow start ends when the round trip grows (HyStart++, RFC 9406) and not only
 * at a loss; avoidance grows by the time since the last congestion, as H-TCP does, so that it fills
 * a long fat pipe in seconds and flows that share a pipe gain alike; and a loss counts as
 * congestion only where a queue stands in the path or more than 2 % of a round is lost.
 */
export class Congestion {
  window: number;
  #threshold = Number.POSITIVE_INFINITY;
  readonly #roundTrip: RoundTrip;
  #packetSize: number;

  /** When the window was last reduced; avoidance counts its time from here. */
  #reducedAt: Instant = 0;
  #backoff = backoffMin;

  #lostInRound = 0;
  #flightInRound = 0;
  #roundMin = Number.POSITIVE_INFINITY;
  #samples = 0;
  #freeRounds = 0;

  /** The window when the round began. */
  #roundWindow: number;
  /** Conservative slow start (RFC 9406 §4.2), and the rounds spent in it. */
  #careful = false;
  #carefulRounds = 0;

  constructor(packetSize: number, roundTrip: RoundTrip) {
    this.#packetSize = packetSize;
    this.#roundTrip = roundTrip;
    this.window = initialPackets * packetSize;
    this.#roundWindow = this.window;
  }

  setPacketSize(bytes: number): void {
    this.#packetSize = bytes;
  }

  get inSlowStart(): boolean {
    return this.window < this.#threshold;
  }

  /** How fast packets may leave, in bytes per millisecond: a little faster than they are acknowledged. */
  get pacingRate(): number {
    const gain = this.inSlowStart ? pacingGainSlowStart : pacingGain;
    return (gain * this.window) / this.#roundTrip.srtt;
  }

  /** A round trip was measured: slow start becomes careful when it grows (RFC 9406 §4.2). */
  sampled(rtt: number): void {
    this.#samples += 1;
    if (rtt < this.#roundMin) this.#roundMin = rtt;
    if (!this.inSlowStart || this.#careful || this.#samples < minRoundSamples) return;
    if (!this.#roundTrip.queued) return;
    this.#careful = true;
    this.#carefulRounds = 0;
    // What is acknowledged now was sent with the window of a round ago, and that was enough.
    this.window = Math.min(this.window, this.#roundWindow);
  }

  /** Bytes were acknowledged; `flight` is what was in flight before. */
  acked(bytes: number, flight: number, inRecovery: boolean, now: Instant): void {
    if (flight > this.#flightInRound) this.#flightInRound = flight;
    if (inRecovery) return;
    // A window that is not used is not known to be good (RFC 9260 §7.2.1, RFC 7661).
    const headroom = this.inSlowStart ? 2 : 1.25;
    if (this.window > headroom * this.#flightInRound) return;
    if (this.inSlowStart) {
      this.window += this.#careful ? bytes / slowDivisor : bytes;
    } else if (this.#freeRounds >= freeRounds) {
      this.window += bytes / slowDivisor;
    } else {
      this.window += (this.#growth(now) * this.#packetSize * bytes) / this.window;
    }
    this.window = Math.min(this.window, maxWindow);
  }

  /** All that was in flight when the round began has been acknowledged or lost. */
  roundEnded(now: Instant): void {
    const base = this.#roundTrip.base;
    const free = this.#samples > 0 && this.#roundMin <= base + queueThresholdMs(base);
    this.#freeRounds = free ? this.#freeRounds + 1 : 0;
    if (this.inSlowStart && this.#careful) {
      this.#carefulRounds += 1;
      if (free) this.#careful = false;
      else if (this.#carefulRounds >= carefulRounds) this.#leaveSlowStart(now);
    }
    this.#roundWindow = this.window;
    this.#roundMin = Number.POSITIVE_INFINITY;
    this.#samples = 0;
    this.#lostInRound = 0;
    this.#flightInRound = 0;
  }

  /** Bytes were found lost. Answers whether that was congestion, and the window was reduced. */
  lost(bytes: number, inRecovery: boolean, now: Instant): boolean {
    this.#lostInRound += bytes;
    if (inRecovery) return false;
    const { queueLasts, base, lasting } = this.#roundTrip;
    if (!queueLasts && this.#lostInRound <= toleratedLoss * this.window) return false;
    this.#backoff = queueLasts
      ? Math.max(backoffMin, Math.min(base / lasting, backoffMax))
      : backoffUnqueued;
    this.#threshold = Math.max(this.#backoff * this.window, minPackets * this.#packetSize);
    this.window = this.#threshold;
    this.#leaveSlowStart(now);
    return true;
  }

  /** The retransmission timer expired (RFC 9260 §7.2.3). */
  timedOut(now: Instant): void {
    this.#threshold = Math.max(this.window / 2, minPackets * this.#packetSize);
    this.window = this.#packetSize;
    this.#reducedAt = now;
    this.#careful = false;
    this.#freeRounds = 0;
  }

  /** Nothing was sent for a while: the window halves with each timeout that passed (RFC 9260 §7.2.1). */
  idled(timeouts: number): void {
    const floor = Math.min(this.window, initialPackets * this.#packetSize);
    this.window = Math.max(floor, this.window / 2 ** Math.min(timeouts, 30));
  }

  #leaveSlowStart(now: Instant): void {
    this.#threshold = this.window;
    this.#careful = false;
    this.#freeRounds = 0;
    this.#reducedAt = now;
  }

  /** Packets per round trip, after `now - reducedAt` without congestion (draft-leith-tcp-htcp-06 §3). */
  #growth(now: Instant): number {
    const seconds = (now - this.#reducedAt) / 1000 - lowSpeedSeconds;
    if (seconds <= 0) return 1;
    return Math.max(1, 2 * (1 - this.#backoff) * (1 + 10 * seconds + (seconds * seconds) / 4));
  }
}

/** RFC 6928 §2, in place of the 4,404 bytes of RFC 9260 §7.2.1. */
const initialPackets = 10;
/** The floor after a loss (RFC 9260 §7.2.3). */
const minPackets = 4;
/** More than the product of bandwidth and delay of 1 Gbit/s at half a second. */
const maxWindow = 64 * 1024 * 1024;

/** N_RTT_SAMPLE and CSS_GROWTH_DIVISOR (RFC 9406 §4.3). */
const minRoundSamples = 8;
const slowDivisor = 4;
/** In place of the five CSS_ROUNDS, as the window has gone back by a round already. */
const carefulRounds = 2;
/** After so many rounds without any queue there is room that nobody uses: grow by a quarter a round. */
const freeRounds = 8;

/** Delta_L (draft-leith-tcp-htcp-06 §3.1): for one second after a reduction, one packet per round trip as Reno. */
const lowSpeedSeconds = 1;
/** The bounds of the adaptive reduction, base / recent round trip (draft-leith-tcp-htcp-06 §3.2). */
const backoffMin = 0.5;
const backoffMax = 0.8;
/** Where the buffer is too short to show in the round trip (RFC 9438 §4.6). */
const backoffUnqueued = 0.7;
/** Below this share of a round, and without a queue, loss is the path's nature (as BBR's BBRLossThresh). */
const toleratedLoss = 0.02;

const pacingGainSlowStart = 2;
const pacingGain = 1.25;
