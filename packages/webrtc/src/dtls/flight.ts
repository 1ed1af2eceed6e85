import type { Instant } from "../wire/index.ts";
import type { DtlsConfig } from "./dtls-config.ts";
import { DtlsError } from "./dtls-error.ts";
import {
  encodeFragment,
  type HandshakeMessage,
  handshakeHeaderLength,
  handshakeType,
} from "./handshake-message.ts";
import { contentType, dtls10, dtls12, maxPlaintextLength } from "./record.ts";
import type { Epoch, RecordLayer } from "./record-layer.ts";

/** What a flight is made of. */
export type FlightItem =
  | { readonly type: "message"; readonly epoch: Epoch; readonly message: HandshakeMessage }
  | { readonly type: "change-cipher-spec" };

const defaultMtu = 1200;
const defaultRtoMs = 1000;

/** RFC 6347 §4.2.4.1: "no less than the RFC 6298 maximum of 60 seconds". */
const maxRtoMs = 60_000;

/** How soon a flight may be repeated for a peer that repeats itself, so that a burst is answered once. */
const repeatGapMs = 100;

/** How often that may happen to one flight; an attacker's repetitions must not cost more. */
const maxRepeats = 32;

/** No path is narrower than this, and every record of ours fits with something in it. */
const minMtu = 228;

/** The least of a message that is worth a record of its own at the end of a datagram. */
const minFragment = 32;

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

/** Packs records into as few datagrams as they fit (RFC 6347 §4.1.1). */
class Datagrams {
  readonly #layer: RecordLayer;
  readonly #mtu: number;
  readonly #send: (packet: Uint8Array) => void;
  #packet: Uint8Array;
  #length = 0;

  constructor(layer: RecordLayer, mtu: number, send: (packet: Uint8Array) => void) {
    this.#layer = layer;
    this.#mtu = mtu;
    this.#send = send;
    this.#packet = new Uint8Array(mtu);
  }

  /** Cuts a message to what there is room for (RFC 6347 §4.2.3). */
  message(epoch: Epoch, message: HandshakeMessage): void {
    const total = message.body.length;
    const headers = this.#layer.overhead(epoch) + handshakeHeaderLength;
    let offset = 0;
    do {
      if (this.#room - headers < Math.min(minFragment, total - offset)) this.flush();
      const length = Math.max(1, Math.min(this.#room - headers, total - offset));
      const fragment = encodeFragment(message, offset, Math.min(length, total - offset));
      // Servers that know only 1.0 must not stumble over the first record (RFC 5246 appendix E.1).
      const version = message.type === handshakeType.clientHello ? dtls10 : dtls12;
      this.record(epoch, contentType.handshake, fragment, version);
      offset += length;
    } while (offset < total);
  }

  record(
    epoch: Epoch,
    type: number,
    plaintext: Uint8Array,
    version: typeof dtls10 | typeof dtls12 = dtls12,
  ): void {
    if (this.#room < this.#layer.overhead(epoch) + plaintext.length) this.flush();
    this.#length += this.#layer.seal(epoch, type, plaintext, this.#packet, this.#length, version);
  }

  flush(): void {
    if (this.#length === 0) return;
    this.#send(this.#packet.subarray(0, this.#length));
    this.#packet = new Uint8Array(this.#mtu);
    this.#length = 0;
  }

  get #room(): number {
    return this.#mtu - this.#length;
  }
}

function checkedMtu(bytes: number): number {
  if (!Number.isInteger(bytes) || bytes < minMtu || bytes > maxPlaintextLength) {
    throw new DtlsError(
      "invalid-argument",
      `an MTU is between ${minMtu} and ${maxPlaintextLength}`,
    );
  }
  return bytes;
}
