/** Base64 without padding (RFC 4648 §4, §3.2). */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const rest = bytes.length - i;
    const bits =
      ((bytes[i] as number) << 16) |
      ((rest > 1 ? (bytes[i + 1] as number) : 0) << 8) |
      (rest > 2 ? (bytes[i + 2] as number) : 0);
    for (let k = 0; k <= Math.min(rest, 3); k += 1) text += alphabet[(bits >> (18 - 6 * k)) & 63];
  }
  return text;
}

/** The bytes of unpadded base64; `undefined` where it is none, or where bits are left that say nothing. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const character of text) {
    const value = alphabet.indexOf(character);
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes[at] = bits >> count;
      at += 1;
    }
  }
  return (bits & ((1 << count) - 1)) === 0 ? bytes : undefined;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
