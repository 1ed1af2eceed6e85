import type { Random } from "../packages/webrtc/src/testing/index.ts";

/** Longer inputs than any datagram find nothing that shorter ones don't. */
export const MAX_INPUT = 2048;

/** An input that is like another one, but for one to four changes. */
export function mutate(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let bytes = [...input];
  for (let count = random.between(1, 4); count > 0; count -= 1) {
    bytes = change(bytes, other, random);
  }
  return Uint8Array.from(bytes.slice(0, MAX_INPUT));
}

function change(bytes: number[], other: Uint8Array, random: Random): number[] {
  const at = random.between(0, Math.max(0, bytes.length - 1));
  const length = random.between(1, 8);
  switch (random.between(0, 7)) {
    case 0:
      return withByte(bytes, at, (bytes[at] ?? 0) ^ (1 << random.between(0, 7)));
    case 1:
      return withByte(bytes, at, random.pick([0, 1, 2, 3, 4, 0x7f, 0x80, 0xfe, 0xff]));
    case 2:
      return withByte(bytes, at, random.between(0, 255));
    case 3:
      return bytes.slice(0, at);
    case 4:
      return [...bytes.slice(0, at), ...random.bytes(length), ...bytes.slice(at)];
    case 5:
      return [...bytes.slice(0, at), ...bytes.slice(at + length)];
    case 6: {
      // A length field that says something else.
      const value = random.between(0, 3) === 0 ? random.between(0, 0xffff) : bytes.length - at;
      return [...bytes.slice(0, at), value >> 8, value & 0xff, ...bytes.slice(at + 2)];
    }
    default:
      return [...bytes.slice(0, at), ...other.subarray(random.between(0, other.length))];
  }
}

function withByte(bytes: readonly number[], at: number, value: number): number[] {
  return bytes.map((byte, index) => (index === at ? value : byte));
}
