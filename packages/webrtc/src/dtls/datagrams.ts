import { DtlsError } from "./dtls-error.ts";
import {
  encodeFragment,
  type HandshakeMessage,
  handshakeHeaderLength,
  handshakeType,
} from "./handshake-message.ts";
import { contentType, dtls10, dtls12, maxPlaintextLength } from "./record.ts";

/** What the longest datagram of a handshake is where nobody says. */
export const defaultMtu = 1200;

/** No path is narrower than this, and every record of ours fits with something in it. */
export const minMtu = 228;

/** The least of a message that is worth a record of its own at the end of a datagram. */
const minFragment = 32;

/** What makes records: the record layer of either version. */
export interface RecordSealer {
  /** How much longer a record of an epoch is than what it carries. */
  overhead(epoch: number): number;
  /** Writes a whole record at `outAt`; answers its length, or 0 when the epoch's numbers are used up. */
  seal(
    epoch: number,
    type: number,
    plaintext: Uint8Array,
    out: Uint8Array,
    outAt: number,
    version?: typeof dtls10 | typeof dtls12,
  ): number;
}

/** Packs records into as few datagrams as they fit (RFC 6347 §4.1.1). */
export class Datagrams {
  readonly #layer: RecordSealer;
  readonly #mtu: number;
  readonly #send: (packet: Uint8Array) => void;
  #packet: Uint8Array;
  #length = 0;

  constructor(layer: RecordSealer, mtu: number, send: (packet: Uint8Array) => void) {
    this.#layer = layer;
    this.#mtu = mtu;
    this.#send = send;
    this.#packet = new Uint8Array(mtu);
  }

  /**
   * Cuts a message, or a part of it, to what there is room for (RFC 6347 §4.2.3); `sealed` is told
   * after each record what part of the body it carries.
   */
  message(
    epoch: number,
    message: HandshakeMessage,
    start = 0,
    end: number = message.body.length,
    sealed?: (from: number, to: number) => void,
  ): void {
    const headers = this.#layer.overhead(epoch) + handshakeHeaderLength;
    let offset = start;
    do {
      if (this.#room - headers < Math.min(minFragment, end - offset)) this.flush();
      const room = Math.max(1, this.#room - headers);
      const length = Math.min(room, end - offset);
      const fragment = encodeFragment(message, offset, length);
      // Servers that know only 1.0 must not stumble over the first record (RFC 5246 appendix E.1).
      const version = message.type === handshakeType.clientHello ? dtls10 : dtls12;
      this.record(epoch, contentType.handshake, fragment, version);
      sealed?.(offset, offset + length);
      offset += length;
    } while (offset < end);
  }

  record(
    epoch: number,
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

/** An MTU that a handshake can go through; another one is a mistake of whoever gave it. */
export function checkedMtu(bytes: number): number {
  if (!Number.isInteger(bytes) || bytes < minMtu || bytes > maxPlaintextLength) {
    throw new DtlsError(
      "invalid-argument",
      `an MTU is between ${minMtu} and ${maxPlaintextLength}`,
    );
  }
  return bytes;
}
