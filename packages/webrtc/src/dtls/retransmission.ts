import type { Instant } from "../wire/index.ts";
import { checkedMtu, defaultMtu, minMtu } from "./datagrams.ts";
import type { DtlsConfig } from "./dtls-config.ts";
import { DtlsError } from "./dtls-error.ts";

/** RFC 6347 §4.2.4.1, RFC 9147 §5.8.2. */
const defaultRtoMs = 1000;

/** RFC 6347 §4.2.4.1: "no less than the RFC 6298 maximum of 60 seconds". */
const maxRtoMs = 60_000;

/** How soon a flight may be repeated for a peer that repeats itself, so that a burst is answered once. */
const repeatGapMs = 100;

/** How often that may happen to one flight; an attacker's repetitions must not cost more. */
const maxRepeats = 32;

/** When a flight is sent again, and in datagrams of which size (RFC 6347 §4.2.4, RFC 9147 §5.8); `transmit` sends it. */
export class Retransmission {
  readonly #transmit: () => void;
  readonly #initialRtoMs: number;
  #mtu: number;
  #rtoMs: number;
  #deadline: Instant | undefined;
  #sentAt: Instant = 0;
  #timeouts = 0;
  #repeats = 0;

  constructor(settings: Pick<DtlsConfig, "mtu" | "initialRtoMs">, transmit: () => void) {
    const { mtu = defaultMtu, initialRtoMs = defaultRtoMs } = settings;
    if (!(initialRtoMs > 0)) throw new DtlsError("invalid-argument", "a wait must be positive");
    this.#transmit = transmit;
    this.#mtu = checkedMtu(mtu);
    this.#initialRtoMs = initialRtoMs;
    this.#rtoMs = initialRtoMs;
  }

  get deadline(): Instant | undefined {
    return this.#deadline;
  }

  get initialRtoMs(): number {
    return this.#initialRtoMs;
  }

  get mtu(): number {
    return this.#mtu;
  }

  set mtu(bytes: number) {
    this.#mtu = checkedMtu(bytes);
  }

  /** Sends a new flight, which answers the one before. */
  start(now: Instant): void {
    // The wait stays doubled until a flight gets through at the first attempt (RFC 6347 §4.2.4.1).
    if (this.#timeouts === 0) this.#rtoMs = this.#initialRtoMs;
    this.#timeouts = 0;
    this.#repeats = 0;
    this.#send(now);
    this.#deadline = now + this.#rtoMs;
  }

  /** Takes over a flight that somebody else has just sent. */
  resume(now: Instant): void {
    this.#sentAt = now;
    this.#deadline = now + this.#rtoMs;
  }

  /** No answer is waited for (any more); it is repeated only on demand. */
  stop(): void {
    this.#deadline = undefined;
  }

  handleTimeout(now: Instant): void {
    if (this.#deadline === undefined || now < this.#deadline) return;
    this.#timeouts += 1;
    // Packets that never arrive may be too long for the path (RFC 6347 §4.1.1.1, RFC 9147 §4.4).
    if (this.#timeouts % 2 === 0) this.#mtu = Math.min(this.#mtu, Math.max(minMtu, this.#mtu >> 1));
    this.#rtoMs = Math.min(maxRtoMs, 2 * this.#rtoMs);
    this.#send(now);
    this.#deadline = now + this.#rtoMs;
  }

  /** The peer has shown that it has not got all of the flight. */
  repeat(now: Instant): void {
    const gap = Math.min(repeatGapMs, this.#initialRtoMs / 2);
    if (now - this.#sentAt < gap || this.#repeats >= maxRepeats) return;
    this.#repeats += 1;
    // The timer runs on: two peers that answer each other's copies must not keep it from expiring.
    this.#send(now);
  }

  #send(now: Instant): void {
    this.#sentAt = now;
    this.#transmit();
  }
}
