/** As much as a burst of packets takes; the garbage collector takes it back when all have left. */
const slabBytes = 64 * 1024;

/**
 * The memory that packets are written into and sent from. A packet's bytes are its own until it
 * has left, however long the socket keeps it.
 *
 * One serves all transports, as a thousand that are idle would hold a slab each.
 */
class SendSlab {
  #slab = new Uint8Array(slabBytes);
  #at = 0;

  /** A place with so much room. */
  reserve(length: number): { readonly bytes: Uint8Array; readonly at: number } {
    if (this.#at + length > this.#slab.length) {
      this.#slab = new Uint8Array(Math.max(slabBytes, length));
      this.#at = 0;
    }
    return { bytes: this.#slab, at: this.#at };
  }

  /** What was written to the place that was reserved last. */
  take(length: number): Uint8Array {
    const start = this.#at;
    this.#at += length;
    return this.#slab.subarray(start, this.#at);
  }
}

export const sendSlab: SendSlab = new SendSlab();
