import type { Instant } from "../wire/index.ts";
import type { SentAlert } from "./alert.ts";
import type { Flight13 } from "./flight13.ts";
import { handshakeType } from "./handshake-message.ts";
import type { Handshake13State } from "./handshake13-state.ts";
import { applicationEpoch, type RecordLayer13 } from "./record-layer13.ts";

/** KeyUpdateRequest (RFC 8446 §4.6.3). */
const updateNotRequested = 0;
const updateRequested = 1;

/**
 * How many records go under one key: below 2^24.5, where AES-GCM needs new ones (RFC 8446 §5.5), with
 * room for what is sent until the peer has acknowledged the change.
 */
const recordsBeforeUpdate = 2 ** 23;

/** Epochs count no further than this; a peer that gets there does nothing but change keys. */
const lastEpoch = 0xffff;

/** Changes of keys behind the handshake, ours and the peer's (RFC 9147 §8). */
export class KeyUpdates {
  readonly #layer: RecordLayer13;
  readonly #flight: Flight13;
  readonly #progress: Handshake13State;
  #writeEpoch = applicationEpoch;
  #readEpoch = applicationEpoch;
  /** Ours is on its way: new keys are used once it is acknowledged. */
  #isUnderWay = false;
  #isWanted = false;

  constructor(layer: RecordLayer13, flight: Flight13, progress: Handshake13State) {
    this.#layer = layer;
    this.#flight = flight;
    this.#progress = progress;
  }

  /** A record was sealed: asks for new keys when these have done enough. */
  sealed(epoch: number, now: Instant): void {
    if (this.#isWanted || this.#layer.sealed(epoch) < recordsBeforeUpdate) return;
    this.#isWanted = true;
    this.settle(now);
  }

  /** The peer's KeyUpdate. */
  receive(body: Uint8Array): SentAlert | undefined {
    const request = body[0];
    if (body.length !== 1) return "decode_error";
    if (request !== updateNotRequested && request !== updateRequested) return "illegal_parameter";
    if (this.#readEpoch === lastEpoch) return "unexpected_message";
    this.#readEpoch += 1;
    this.#layer.updateRead(this.#readEpoch, this.#progress.suite);
    if (request === updateRequested) this.#isWanted = true;
    return undefined;
  }

  /** Sends what is wanted when the flight before is done; answers the new epoch once it may be used. */
  settle(now: Instant): number | undefined {
    if (!this.#flight.isDone) return undefined;
    const isAcknowledged = this.#isUnderWay;
    if (isAcknowledged) {
      this.#isUnderWay = false;
      this.#writeEpoch += 1;
      this.#layer.updateWrite(this.#writeEpoch, this.#progress.suite);
    }
    if (this.#isWanted && this.#writeEpoch < lastEpoch) {
      this.#isWanted = false;
      this.#isUnderWay = true;
      const { keyUpdate } = handshakeType;
      const sequence = this.#progress.takeSequence();
      const body = Uint8Array.of(updateNotRequested);
      const message = { type: keyUpdate, sequence, body };
      this.#flight.start([{ epoch: this.#writeEpoch, message }], now);
    }
    return isAcknowledged ? this.#writeEpoch : undefined;
  }
}
