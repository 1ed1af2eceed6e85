/**
 * One direction of one epoch (RFC 6347 §4.1.2). `epochAndSequence` is the number that stands in the
 * record header, all eight bytes of it: it goes into nonces and MACs.
 */
export interface RecordProtection {
  /** How much longer a fragment is than its plaintext, at most. */
  readonly overhead: number;
  /** Writes the fragment to `out` from `outAt` on; answers its length. */
  seal(
    type: number,
    epochAndSequence: Uint8Array,
    plaintext: Uint8Array,
    out: Uint8Array,
    outAt: number,
  ): number;
  /**
   * Writes the plaintext to `out` from `outAt` on; answers its length, or -1 for a forgery.
   * `out` may be the buffer that `fragment` is a view of.
   */
  open(
    type: number,
    epochAndSequence: Uint8Array,
    fragment: Uint8Array,
    out: Uint8Array,
    outAt: number,
  ): number;
}
