/** Bytes that nobody can predict; comes in from outside, as all randomness does. */
export type Random = (length: number) => Uint8Array;

/** A random identifier of lower-case letters and digits, five bits to the character. */
export function randomId(length: number, random: Random): string {
  let id = "";
  for (const byte of random(length)) id += "abcdefghijklmnopqrstuvwxyz234567"[byte & 31] as string;
  return id;
}
