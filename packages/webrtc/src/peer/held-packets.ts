/** A server's first flight with a long certificate chain, and its repetitions. */
const maxPackets = 32;
const maxBytes = 48 * 1024;

/**
 * Packets that came before there is anybody to take them: the peer may speak as soon as its own
 * checks succeed, which is before its answer is here. Dropped, each would cost a timeout of DTLS.
 */
export class HeldPackets {
  #packets: Uint8Array[] = [];
  #bytes = 0;

  /** Keeps a packet, unless too much is held already. */
  hold(packet: Uint8Array): void {
    if (this.#packets.length >= maxPackets || this.#bytes + packet.length > maxBytes) return;
    this.#packets.push(packet);
    this.#bytes += packet.length;
  }

  /** Hands out all of them, in the order they came. */
  take(): readonly Uint8Array[] {
    const packets = this.#packets;
    this.#packets = [];
    this.#bytes = 0;
    return packets;
  }
}
