import { type Decoded, decoded, fault, readU16, readU32 } from "../wire/index.ts";
import { headerLength, magicCookie } from "./message.ts";

/** What can be wrong with a stream that should carry STUN messages. */
export type FramingFault = "not-stun" | "misaligned" | "bad-cookie";

/**
 * Cuts a TCP or TLS stream into STUN messages (RFC 8489 §6.2.2). A stream that is out of step stays so:
 * after a fault the connection is to be closed. At most one message of 65,555 bytes is held.
 */
export class StunFramer {
  #held: Uint8Array = new Uint8Array(0);

  /** Takes in what was received and answers the messages that are whole now. */
  push(chunk: Uint8Array): Decoded<readonly Uint8Array[], FramingFault> {
    let rest = this.#held.length === 0 ? chunk : join(this.#held, chunk);
    const messages: Uint8Array[] = [];
    while (rest.length > 0) {
      if ((rest[0] as number) >= 0x40) return fault("not-stun");
      if (rest.length < headerLength) break;
      const length = readU16(rest, 2);
      if ((length & 3) !== 0) return fault("misaligned");
      if (readU32(rest, 4) !== magicCookie) return fault("bad-cookie");
      const end = headerLength + length;
      if (rest.length < end) break;
      messages.push(rest.slice(0, end));
      rest = rest.subarray(end);
    }
    this.#held = rest.slice();
    return decoded(messages);
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
