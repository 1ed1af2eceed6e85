import type { Instant } from "../wire/index.ts";
import { Datagrams } from "./datagrams.ts";
import type { DtlsConfig } from "./dtls-config.ts";
import type { HandshakeMessage } from "./handshake-message.ts";
import { contentType } from "./record.ts";
import type { Epoch, RecordLayer } from "./record-layer.ts";
import { Retransmission } from "./retransmission.ts";

/** What a flight is made of. */
export type FlightItem =
  | { readonly type: "message"; readonly epoch: Epoch; readonly message: HandshakeMessage }
  | { readonly type: "change-cipher-spec" };

/**
 * The flight that is under way (RFC 6347 §4.2.4): cut to datagrams, and sent again when the timer
 * runs out or when the peer repeats the flight before it.
 */
export class Flight {
  readonly #layer: RecordLayer;
  readonly #send: (packet: Uint8Array) => void;
  readonly #again: Retransmission;
  #items: readonly FlightItem[] = [];

  constructor(
    layer: RecordLayer,
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

  set mtu(bytes: number) {
    this.#again.mtu = bytes;
  }

  /** Sends a new flight. The flight before is answered by that; the last one of all has no timer. */
  start(items: readonly FlightItem[], isLast: boolean, now: Instant): void {
    this.#items = items;
    this.#again.start(now);
    if (isLast) this.#again.stop();
  }

  /** Takes over a flight that somebody else has just sent. */
  resume(items: readonly FlightItem[], now: Instant): void {
    this.#items = items;
    this.#again.resume(now);
  }

  /** Nothing is waited for any more, and nothing is repeated. */
  end(): void {
    this.#items = [];
    this.#again.stop();
  }

  handleTimeout(now: Instant): void {
    this.#again.handleTimeout(now);
  }

  /** The peer has sent again what this flight answers: it has not got it. */
  repeat(now: Instant): void {
    if (this.#items.length > 0) this.#again.repeat(now);
  }

  #transmit(): void {
    const datagrams = new Datagrams(this.#layer, this.#again.mtu, this.#send);
    for (const item of this.#items) {
      if (item.type === "message") datagrams.message(item.epoch, item.message);
      else datagrams.record(0, contentType.changeCipherSpec, Uint8Array.of(1));
    }
    datagrams.flush();
  }
}
