import type { Instant } from "../wire/index.ts";
import {
  type HandshakeFragment,
  type HandshakeMessage,
  handshakeType,
} from "./handshake-message.ts";
import { Reassembly } from "./reassembly.ts";

/** Who comes when there are so many takes the place of who came first. */
const maxHellos = 256;

/** With a key share of ML-KEM a hello has 1,500 bytes. */
const maxHelloLength = 4096;

/** The fragments of one hello come one behind the other. */
const patienceMs = 2000;

/** Behind one HelloRetryRequest or several HelloVerifyRequests. */
const maxSequence = 7;

interface Pieces {
  readonly reassembly: Reassembly;
  readonly sequence: number;
  readonly since: Instant;
}

/**
 * Puts hellos together that are too long for one datagram, from anybody and before anything is known
 * of them: a megabyte at most, and none of it is anybody's own.
 */
export class HelloFragments {
  readonly #byAddress = new Map<string, Pieces>();

  /** Takes a fragment; answers the hello that it makes whole. */
  add(fragment: HandshakeFragment, address: string, now: Instant): HandshakeMessage | undefined {
    this.#forget(now);
    const { type, sequence, length } = fragment;
    if (type !== handshakeType.clientHello || length > maxHelloLength || sequence > maxSequence) {
      return undefined;
    }
    let pieces = this.#byAddress.get(address);
    if (pieces?.sequence !== sequence) {
      pieces = { reassembly: new Reassembly(), sequence, since: now };
      pieces.reassembly.startAt(sequence);
      this.#keep(address, pieces);
    }
    // A piece that fits no other is of another client, behind one that has gone.
    if (pieces.reassembly.add(fragment, 0) !== "taken") this.#byAddress.delete(address);
    const hello = pieces.reassembly.take();
    if (hello !== undefined) this.#byAddress.delete(address);
    return hello;
  }

  #keep(address: string, pieces: Pieces): void {
    this.#byAddress.delete(address);
    const [oldest] = this.#byAddress.keys();
    if (this.#byAddress.size >= maxHellos && oldest !== undefined) this.#byAddress.delete(oldest);
    this.#byAddress.set(address, pieces);
  }

  /** The oldest are the first. */
  #forget(now: Instant): void {
    for (const [address, { since }] of this.#byAddress) {
      if (now - since < patienceMs) return;
      this.#byAddress.delete(address);
    }
  }
}
