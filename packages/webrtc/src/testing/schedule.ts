import type { Instant } from "../wire/index.ts";

interface Entry {
  readonly at: Instant;
  readonly order: number;
  run: (() => void) | undefined;
}

/** What is to happen in the virtual world, by instant; what is due at the same instant keeps its order. */
export class Schedule {
  #heap: Entry[] = [];
  #count = 0;

  /** Adds a task; the function that comes back takes it off again. */
  at(at: Instant, run: () => void): () => void {
    const entry: Entry = { at, order: this.#count, run };
    this.#count += 1;
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return () => {
      entry.run = undefined;
    };
  }

  /** The instant of the next task. */
  get next(): Instant | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].run === undefined) this.#takeFirst();
    return this.#heap[0]?.at;
  }

  /** Takes off the next task. */
  take(): { readonly at: Instant; readonly run: () => void } | undefined {
    if (this.next === undefined) return undefined;
    const { at, run } = this.#takeFirst();
    return run && { at, run };
  }

  #takeFirst(): Entry {
    const first = this.#heap[0] as Entry;
    const last = this.#heap.pop() as Entry;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #rise(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#isBefore(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  #sink(): void {
    let parent = 0;
    for (;;) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < this.#heap.length && this.#isBefore(child, least)) least = child;
      }
      if (least === parent) return;
      this.#swap(least, parent);
      parent = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const x = this.#heap[a] as Entry;
    const y = this.#heap[b] as Entry;
    return x.at < y.at || (x.at === y.at && x.order < y.order);
  }

  #swap(a: number, b: number): void {
    const x = this.#heap[a] as Entry;
    this.#heap[a] = this.#heap[b] as Entry;
    this.#heap[b] = x;
  }
}
