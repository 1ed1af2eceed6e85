/** A random instance id (PROTOCOL.md, "Words"): 26 letters and digits, about 130 bits. */
export function randomInstance(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(26));
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

/** 32 characters, so that a byte modulo their number is not biased. */
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
