/** How many numbers behind the newest are remembered; RFC 6347 §4.1.2.6 asks for 32, better 64. */
const size = 1024;

/**
 * Which sequence numbers of an epoch have come already (RFC 6347 §4.1.2.6). A number is marked
 * only after its record has proved genuine, so that a forged one cannot move the window.
 */
export class ReplayWindow {
  readonly #seen: Uint32Array = new Uint32Array(size / 32);
  #newest = -1;

  /** Whether a record of this number may be opened. */
  isFresh(sequence: number): boolean {
    if (sequence > this.#newest) return true;
    if (this.#newest - sequence >= size) return false;
    const slot = sequence % size;
    return ((this.#seen[slot >>> 5] as number) & (1 << (slot & 31))) === 0;
  }

  mark(sequence: number): void {
    if (sequence > this.#newest) this.#advance(sequence);
    const slot = sequence % size;
    this.#seen[slot >>> 5] = (this.#seen[slot >>> 5] as number) | (1 << (slot & 31));
  }

  /** Forgets the numbers whose slots the new ones take. */
  #advance(sequence: number): void {
    if (sequence - this.#newest >= size) {
      this.#seen.fill(0);
    } else {
      for (let next = this.#newest + 1; next <= sequence; next += 1) {
        const slot = next % size;
        this.#seen[slot >>> 5] = (this.#seen[slot >>> 5] as number) & ~(1 << (slot & 31));
      }
    }
    this.#newest = sequence;
  }
}
