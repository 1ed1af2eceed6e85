/**
 * Which chunks have come: all up to `cumulative`, and ranges beyond it.
 *
 * Counted like the sender's flight: the TSN from zero, never wrapping. The number of ranges is
 * bounded; a chunk that would open one more is refused, and comes again.
 */
export class ReceivedTsns {
  /** All chunks up to this one have come. */
  cumulative = -1;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  get hasGaps(): boolean {
    return this.#starts.length > 0;
  }

  /** The last chunk that has come, whatever is missing before it. */
  get highest(): number {
    return this.#ends.length === 0 ? this.cumulative : (this.#ends.at(-1) as number);
  }

  has(sequence: number): boolean {
    if (sequence <= this.cumulative) return true;
    const range = this.#rangeAt(sequence);
    return range >= 0 && sequence <= (this.#ends[range] as number);
  }

  /** Enters a chunk that has not come before; `false` where there are too many gaps to remember it. */
  add(sequence: number): boolean {
    if (sequence === this.cumulative + 1) {
      this.cumulative = sequence;
      this.#absorb();
      return true;
    }
    const range = this.#rangeAt(sequence);
    const joinsBefore = range >= 0 && this.#ends[range] === sequence - 1;
    const joinsAfter = this.#starts[range + 1] === sequence + 1;
    if (joinsBefore && joinsAfter) {
      this.#ends[range] = this.#ends[range + 1] as number;
      this.#starts.splice(range + 1, 1);
      this.#ends.splice(range + 1, 1);
    } else if (joinsBefore) this.#ends[range] = sequence;
    else if (joinsAfter) this.#starts[range + 1] = sequence;
    else {
      if (this.#starts.length >= maxRanges) return false;
      this.#starts.splice(range + 1, 0, sequence);
      this.#ends.splice(range + 1, 0, sequence);
    }
    return true;
  }

  /** Counts all chunks up to this one as come (RFC 3758 §3.6). */
  advance(sequence: number): void {
    if (sequence <= this.cumulative) return;
    this.cumulative = sequence;
    while (this.hasGaps && (this.#ends[0] as number) <= sequence) {
      this.#starts.shift();
      this.#ends.shift();
    }
    if (this.hasGaps && (this.#starts[0] as number) <= sequence) this.#starts[0] = sequence + 1;
    this.#absorb();
  }

  /** The gap blocks of a SACK: pairs of offsets from the cumulative TSN (RFC 9260 §3.3.4). */
  gaps(max: number): readonly number[] {
    const offsets: number[] = [];
    for (let i = 0; i < this.#starts.length && i < max; i += 1) {
      offsets.push((this.#starts[i] as number) - this.cumulative);
      offsets.push((this.#ends[i] as number) - this.cumulative);
    }
    return offsets;
  }

  /** The last range that starts at or before a sequence, or -1. */
  #rangeAt(sequence: number): number {
    let low = 0;
    let high = this.#starts.length;
    if (high > 0 && (this.#starts[high - 1] as number) <= sequence) return high - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= sequence) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #absorb(): void {
    if (this.hasGaps && this.#starts[0] === this.cumulative + 1) {
      this.cumulative = this.#ends[0] as number;
      this.#starts.shift();
      this.#ends.shift();
    }
  }
}

/** Seven times what one SACK can report: a burst of losses is remembered until its turn to be told. */
const maxRanges = 2048;
