/** What a packet of 16 bits of length may hold. */
const maxPacketLength = 0xffff;

/** A packet in the frame that TCP carries it in (RFC 4571 §2), or `undefined` where it is too long for one. */
export function framed(packet: Uint8Array): Uint8Array | undefined {
  if (packet.length > maxPacketLength) return undefined;
  const frame = new Uint8Array(2 + packet.length);
  frame.set([packet.length >> 8, packet.length & 0xff]);
  frame.set(packet, 2);
  return frame;
}

/**
 * Cuts a stream into the packets that it carries (RFC 4571 §2). Every stream can be read so; at most one
 * packet is held.
 */
export class PacketFramer {
  #held: Uint8Array[] = [];
  #heldLength = 0;

  /** Takes in what was received and answers the packets that are whole now, in memory of their own. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    this.#held.push(chunk);
    this.#heldLength += chunk.length;
    if (this.#heldLength < 2 + this.#wanted()) return [];
    const rest = this.#join();
    const packets: Uint8Array[] = [];
    let at = 0;
    while (rest.length - at >= 2) {
      const end = at + 2 + lengthAt(rest, at);
      if (end > rest.length) break;
      packets.push(rest.slice(at + 2, end));
      at = end;
    }
    this.#held = at < rest.length ? [rest.subarray(at)] : [];
    this.#heldLength = rest.length - at;
    return packets;
  }

  /** The length of the packet that is being received, or 0 while it is not known. */
  #wanted(): number {
    const [first] = this.#held;
    return first !== undefined && first.length >= 2 ? lengthAt(first, 0) : 0;
  }

  #join(): Uint8Array {
    const whole = new Uint8Array(this.#heldLength);
    let at = 0;
    for (const piece of this.#held) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
