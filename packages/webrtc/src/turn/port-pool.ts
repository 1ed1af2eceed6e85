import { type Crypto, readU32 } from "../wire/index.ts";

/** What a port is to be like. */
export type PortShape = "any" | "even" | "even-pair";

/**
 * The relay ports of one address. Which port comes next cannot be predicted (RFC 8656 §7.2 step 8,
 * §21.2.2): a guessable one lets a stranger take it for the client's.
 */
export class PortPool {
  readonly #first: number;
  readonly #last: number;
  readonly #crypto: Crypto;
  readonly #taken = new Set<number>();

  /** `first` and `last` are both included. */
  constructor(first: number, last: number, crypto: Crypto) {
    this.#first = first;
    this.#last = last;
    this.#crypto = crypto;
  }

  /** Takes a random free port; with "even-pair" the next higher port is taken too. */
  take(shape: PortShape): number | undefined {
    const count = this.#last - this.#first + 1;
    if (this.#taken.size >= count) return undefined;
    for (let draw = 0; draw < 8; draw += 1) {
      const port = this.#first + (readU32(this.#crypto.random(4), 0) % count);
      if (this.#fits(port, shape)) return this.#claim(port, shape);
    }
    // The pool is crowded: look at all of them, from a random place on.
    let port = this.#first + (readU32(this.#crypto.random(4), 0) % count);
    for (let i = 0; i < count; i += 1) {
      if (this.#fits(port, shape)) return this.#claim(port, shape);
      port = port === this.#last ? this.#first : port + 1;
    }
    return undefined;
  }

  /** Gives a port back. */
  release(port: number): void {
    this.#taken.delete(port);
  }

  /** How many ports are taken. */
  get size(): number {
    return this.#taken.size;
  }

  #claim(port: number, shape: PortShape): number {
    this.#taken.add(port);
    if (shape === "even-pair") this.#taken.add(port + 1);
    return port;
  }

  #fits(port: number, shape: PortShape): boolean {
    if (this.#taken.has(port)) return false;
    if (shape === "any") return true;
    if (port % 2 !== 0) return false;
    return shape === "even" || (port < this.#last && !this.#taken.has(port + 1));
  }
}
