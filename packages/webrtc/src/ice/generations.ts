import type { TransportAddress } from "../wire/index.ts";
import type { BaseId } from "./candidate.ts";
import type { Generation } from "./generation.ts";

/** The generation that is being checked, and the one that packets go over until then (RFC 8445 §9). */
export class Generations {
  current: Generation;
  /** The one before a restart, while packets go over it. */
  previous: Generation | undefined;
  /** Those that this side has done with; the other one may still send over their ways, for as long as it likes. */
  #retired: readonly Generation[] = [];
  /** What a restart began anew, as long as it can be taken back. */
  #beforeRestart: Generation | undefined;

  constructor(first: Generation) {
    this.current = first;
  }

  get all(): readonly Generation[] {
    return this.previous ? [this.current, this.previous] : [this.current];
  }

  /**
   * Whether a packet is of the other side. What comes from elsewhere is somebody else's, or of a session before: it would
   * only confuse.
   */
  knows(base: BaseId, from: TransportAddress): boolean {
    return (
      this.current.knows(base, from) ||
      (this.previous?.knows(base, from) ?? false) ||
      this.#retired.some((generation) => generation.knows(base, from))
    );
  }

  restart(next: Generation): void {
    this.#beforeRestart ??= this.current;
    if (this.current.consent === undefined) this.#retire(this.current);
    else {
      this.retirePrevious();
      this.previous = this.current;
    }
    this.current = next;
  }

  /** Packets go over the current one, or nowhere. */
  retirePrevious(): void {
    if (this.previous !== undefined) this.#retire(this.previous);
    this.previous = undefined;
  }

  /** What came before was with another peer. */
  forgetPrevious(): void {
    this.previous = undefined;
    this.#retired = [];
  }

  /** The other side has answered: there is no way back. */
  settle(): void {
    this.#beforeRestart = undefined;
  }

  /** Takes a restart back; `false` where there is none to take back. */
  cancelRestart(): boolean {
    if (this.#beforeRestart === undefined) return false;
    this.current = this.#beforeRestart;
    this.#beforeRestart = undefined;
    this.previous = undefined;
    return true;
  }

  /** Nothing of before leads anywhere any more. */
  reset(next: Generation): void {
    this.#beforeRestart = undefined;
    this.forgetPrevious();
    this.current = next;
  }

  #retire(generation: Generation): void {
    this.#retired = [generation, ...this.#retired].slice(0, maxRetired);
  }
}

/** Nobody is as many restarts behind. */
const maxRetired = 4;
