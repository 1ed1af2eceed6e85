import { MAX_WANTED } from "./messages.ts";

export interface HistorySyncOptions {
  /** Whether a text is missing and would be kept. */
  readonly isWanted: (id: string, clock: number) => boolean;
  readonly ask: (peerId: string, ids: readonly string[]) => void;
}

/**
 * Fetches what others have and we do not, each text from one peer at a time, and from another one
 * where that does not answer.
 */
export class HistorySync {
  readonly #options: HistorySyncOptions;
  /** What each peer can give. */
  readonly #offers = new Map<string, Map<string, number>>();
  /** What was asked for, and of whom. */
  readonly #asked = new Map<string, string>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(options: HistorySyncOptions) {
    this.#options = options;
  }

  /** A peer has said what it has. */
  offered(peerId: string, have: readonly (readonly [id: string, clock: number])[]): void {
    this.#offers.set(peerId, new Map(have));
    this.#ask();
  }

  /** Takes the answer of a peer: true for what it was asked for. */
  answered(peerId: string, id: string): boolean {
    if (this.#asked.get(id) !== peerId) return false;
    this.#asked.delete(id);
    this.#offers.get(peerId)?.delete(id);
    return true;
  }

  /** A whole answer has come: more can be asked for. */
  next(): void {
    this.#ask();
  }

  /** A peer cannot be asked any more. */
  gone(peerId: string): void {
    this.#offers.delete(peerId);
    this.#release(peerId);
    this.#ask();
  }

  clear(): void {
    this.#offers.clear();
    this.#asked.clear();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #ask(): void {
    for (const [peerId, offers] of this.#offers) {
      const open = [...this.#asked.values()].filter((of) => of === peerId).length;
      const ids: string[] = [];
      for (const [id, clock] of offers) {
        if (open + ids.length >= MAX_WANTED) break;
        if (this.#asked.has(id)) continue;
        if (this.#options.isWanted(id, clock)) ids.push(id);
        else offers.delete(id);
      }
      if (open + ids.length === 0) this.#release(peerId);
      if (ids.length === 0) continue;
      for (const id of ids) this.#asked.set(id, peerId);
      clearTimeout(this.#timers.get(peerId));
      this.#timers.set(
        peerId,
        setTimeout(() => this.#expire(peerId), PATIENCE_MS),
      );
      this.#options.ask(peerId, ids);
    }
  }

  /** What it has not given until now it does not have, whatever it said. */
  #expire(peerId: string): void {
    for (const [id, of] of this.#asked) {
      if (of === peerId) this.#offers.get(peerId)?.delete(id);
    }
    this.#release(peerId);
    this.#ask();
  }

  #release(peerId: string): void {
    clearTimeout(this.#timers.get(peerId));
    this.#timers.delete(peerId);
    for (const [id, of] of this.#asked) if (of === peerId) this.#asked.delete(id);
  }
}

const PATIENCE_MS = 10_000;
