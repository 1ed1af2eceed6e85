import type { Instant } from "../wire/index.ts";
import { checkedMtu, Datagrams, defaultMtu, minMtu } from "./datagrams.ts";
import type { DtlsConfig } from "./dtls-config.ts";
import { DtlsError } from "./dtls-error.ts";
import type { HandshakeMessage } from "./handshake-message.ts";
import { contentType } from "./record.ts";
import type { Epoch, RecordLayer } from "./record-layer.ts";

/** What a flight is made of. */
export type FlightItem =
  | { readonly type: "message"; readonly epoch: Epoch; readonly message: HandshakeMessage }
  | { readonly type: "change-cipher-spec" };

/** RFC 6347 §4.2.4.1, RFC 9147 §5.8.2. */
export const defaultRtoMs = 1000;

/** RFC 6347 §4.2.4.1: "no less than the RFC 6298 maximum of 60 seconds". */
export const maxRtoMs = 60_000;

/** How soon a flight may be repeated for a peer that repeats itself, so that a burst is answered once. */
export const repeatGapMs = 100;

/** How often that may happen to one flight; an attacker's repetitions must not cost more. */
export const maxRepeats = 32;

/**
 * The flight that is under way (RFC 6347 §4.2.4): cut to datagrams, and sent again when the timer
 * runs out or when the peer repeats the flight before it.
 */
export class Flight {
  readonly #layer: RecordLayer;
  readonly #send: (packet: Uint8Array) => void;
  readonly #initialRtoMs: number;
  #mtu: number;
  #rtoMs: number;
  #items: readonly FlightItem[] = [];
  #deadline: Instant | undefined;
  #sentAt: Instant = 0;
  #timeouts = 0;
  #repeats = 0;

  constructor(
    layer: RecordLayer,
    send: (packet: Uint8Array) => void,
    settings: Pick<DtlsConfig, "mtu" | "initialRtoMs">,
  ) {
    const { mtu = defaultMtu, initialRtoMs = defaultRtoMs } = settings;
    if (!(initialRtoMs > 0)) throw new DtlsError("invalid-argument", "a wait must be positive");
    this.#layer = layer;
    this.#send = send;
    this.#mtu = checkedMtu(mtu);
    this.#initialRtoMs = initialRtoMs;
    this.#rtoMs = initialRtoMs;
  }

  get deadline(): Instant | undefined {
    return this.#deadline;
  }

  set mtu(bytes: number) {
    this.#mtu = checkedMtu(bytes);
  }

  /** Sends a new flight. The flight before is answered by that; the last one of all has no timer. */
  start(items: readonly FlightItem[], isLast: boolean, now: Instant): void {
    // The wait stays doubled until a flight gets through at the first attempt (RFC 6347 §4.2.4.1).
    if (this.#timeouts === 0) this.#rtoMs = this.#initialRtoMs;
    this.#items = items;
    this.#timeouts = 0;
    this.#repeats = 0;
    this.#transmit(now);
    this.#deadline = isLast ? undefined : now + this.#rtoMs;
  }

  /** Takes over a flight that somebody else has just sent. */
  resume(items: readonly FlightItem[], now: Instant): void {
    this.#items = items;
    this.#sentAt = now;
    this.#deadline = now + this.#rtoMs;
  }

  /** Nothing is waited for any more, and nothing is repeated. */
  end(): void {
    this.#items = [];
    this.#deadline = undefined;
  }

  handleTimeout(now: Instant): void {
    if (this.#deadline === undefined || now < this.#deadline) return;
    this.#timeouts += 1;
    // Packets that never arrive may be too long for the path (RFC 6347 §4.1.1.1).
    if (this.#timeouts % 2 === 0) this.#mtu = Math.min(this.#mtu, Math.max(minMtu, this.#mtu >> 1));
    this.#rtoMs = Math.min(maxRtoMs, 2 * this.#rtoMs);
    this.#transmit(now);
    this.#deadline = now + this.#rtoMs;
  }

  /** The peer has sent again what this flight answers: it has not got it. */
  repeat(now: Instant): void {
    const gap = Math.min(repeatGapMs, this.#initialRtoMs / 2);
    if (this.#items.length === 0 || now - this.#sentAt < gap || this.#repeats >= maxRepeats) return;
    this.#repeats += 1;
    // The timer runs on: two peers that answer each other's copies must not keep it from expiring.
    this.#transmit(now);
  }

  #transmit(now: Instant): void {
    this.#sentAt = now;
    const datagrams = new Datagrams(this.#layer, this.#mtu, this.#send);
    for (const item of this.#items) {
      if (item.type === "message") datagrams.message(item.epoch, item.message);
      else datagrams.record(0, contentType.changeCipherSpec, Uint8Array.of(1));
    }
    datagrams.flush();
  }
}
