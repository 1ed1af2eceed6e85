/** Authenticated ciphers with additional data (RFC 5116, RFC 7539), each with a 16-byte tag. */
export type AeadAlgorithm = "aes-128-gcm" | "aes-256-gcm" | "chacha20-poly1305";

/**
 * One direction's cipher under one key. The key is inside and stays there, as whatever the
 * implementation is fastest with; input and output are views, so that a record can be sealed
 * straight into the slot it is sent from.
 */
export interface Aead {
  /**
   * Writes ciphertext and tag to `out` from `outAt` on; answers how many bytes that were. `plaintext`
   * may be a view of `out` that starts at `outAt`.
   */
  seal(
    nonce: Uint8Array,
    additional: Uint8Array,
    plaintext: Uint8Array,
    out: Uint8Array,
    outAt: number,
  ): number;
  /**
   * Writes the plaintext to `out` from `outAt` on; answers its length, or -1 where the tag does
   * not fit, with `out` untouched. `out` may be the buffer that `sealed` is a view of.
   */
  open(
    nonce: Uint8Array,
    additional: Uint8Array,
    sealed: Uint8Array,
    out: Uint8Array,
    outAt: number,
  ): number;
}

/** How much longer sealed bytes are than plain ones (RFC 5116 §5.1, RFC 7539 §2.8). */
export const aeadTagLength = 16;
