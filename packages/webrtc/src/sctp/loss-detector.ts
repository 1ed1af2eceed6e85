import type { Instant } from "../wire/index.ts";
import { Fifo } from "./fifo.ts";
import { FATE, type Flight } from "./flight.ts";
import type { RoundTrip } from "./round-trip.ts";

/**
 * Which chunks are lost: RACK (RFC 8985), told in chunks and packets in place of TCP's segments.
 *
 * A chunk is lost when one that was sent later has been delivered and the reordering window has
 * passed. Each chunk is looked at once per transmission, so an acknowledgement costs what it
 * acknowledges and not what is in flight.
 */
export class LossDetector {
  readonly #flight: Flight;
  readonly #roundTrip: RoundTrip;
  /** Of all delivered packets, the one that was sent last (RFC 8985 §5.2: RACK.segment). */
  #newestPacket = -1;
  #newestRtt = 0;
  #reordering = false;
  #multiplier = 1;
  /** The first chunk not yet judged, of those sent once. */
  #scan = 0;
  /** Chunks sent again, in the order of sending: sequence and packet by turns. */
  readonly #again = new Fifo<number>();

  /** The highest sequence delivered so far. */
  highest = -1;
  /** The round trip that the newest chunk of this acknowledgement shows, or -1 (Karn's rule, RFC 9260 §6.3.1, C5). */
  sample = -1;
  /** What `detect` found, lowest first; emptied by each call. */
  readonly lost: number[] = [];

  constructor(flight: Flight, roundTrip: RoundTrip) {
    this.#flight = flight;
    this.#roundTrip = roundTrip;
  }

  /** A chunk is acknowledged that was not before (RFC 8985 §6.2, steps 1 to 3). */
  delivered(sequence: number, now: Instant): void {
    const flight = this.#flight;
    const rtt = now - flight.sentAt(sequence);
    const once = flight.transmissions(sequence) === 1;
    // Too early for the retransmission: the first one arrived after all.
    if (!once && rtt < this.#roundTrip.base) return;
    const packet = flight.packet(sequence);
    if (packet >= this.#newestPacket) {
      // Chunks sent before may have been delivered long ago, and only now found room in a SACK.
      if (once) this.sample = rtt;
      this.#newestPacket = packet;
      this.#newestRtt = rtt;
    }
    if (sequence > this.highest) this.highest = sequence;
    else if (once) this.#reordering = true;
  }

  /** The peer reports a chunk that came twice: the window was too short (RFC 8985 §6.2, step 4). */
  duplicated(): void {
    this.#multiplier = Math.min(this.#multiplier + 1, maxMultiplier);
  }

  sentAgain(sequence: number, packet: number): void {
    this.#again.push(sequence);
    this.#again.push(packet);
  }

  /** Fills `lost` and answers when to look again, if a chunk is still within the reordering window. */
  detect(inRecovery: boolean, now: Instant): Instant | undefined {
    this.lost.length = 0;
    const first = this.#detectFirst(inRecovery, now);
    const again = this.#detectAgain(inRecovery, now);
    if (first === undefined || again === undefined) return first ?? again;
    return Math.min(first, again);
  }

  #detectFirst(inRecovery: boolean, now: Instant): Instant | undefined {
    const flight = this.#flight;
    let sequence = Math.max(this.#scan, flight.base);
    let deadline: Instant | undefined;
    for (; sequence < flight.next; sequence += 1) {
      if (flight.fate(sequence) !== FATE.inFlight || flight.transmissions(sequence) > 1) continue;
      if (flight.packet(sequence) >= this.#newestPacket) break;
      const at = this.#lostAt(sequence, inRecovery);
      if (at > now) {
        deadline = at;
        break;
      }
      this.lost.push(sequence);
    }
    this.#scan = sequence;
    return deadline;
  }

  #detectAgain(inRecovery: boolean, now: Instant): Instant | undefined {
    const flight = this.#flight;
    for (;;) {
      const sequence = this.#again.first;
      if (sequence === undefined) return undefined;
      const packet = this.#again.second as number;
      const pending =
        sequence >= flight.base &&
        flight.fate(sequence) === FATE.inFlight &&
        flight.packet(sequence) === packet;
      if (pending) {
        if (packet >= this.#newestPacket) return undefined;
        const at = this.#lostAt(sequence, inRecovery);
        if (at > now) return at;
        this.lost.push(sequence);
      }
      this.#again.shift();
      this.#again.shift();
    }
  }

  /** When a chunk that a later one has overtaken is to be given up as lost (RFC 8985 §6.2, steps 4 and 5). */
  #lostAt(sequence: number, inRecovery: boolean): Instant {
    const flight = this.#flight;
    const ahead = this.#newestPacket - flight.packet(sequence);
    const { base, srtt } = this.#roundTrip;
    const patient = this.#reordering || !(inRecovery || ahead >= packetThreshold);
    const windowMs = patient ? Math.min((this.#multiplier * base) / 4, srtt) : 0;
    return flight.sentAt(sequence) + this.#newestRtt + windowMs;
  }
}

/** DupThresh (RFC 8985 §6.2, step 4; RFC 9260 §7.2.4). */
const packetThreshold = 3;
const maxMultiplier = 20;
