import type { Instant } from "../wire/index.ts";

/** Something that ends at an instant which may be moved to later while it waits. */
export interface Expiring {
  expiresAt: Instant;
}

/**
 * A queue of things that end. Each stands in it once; moving an `expiresAt` to later costs nothing,
 * since a thing whose turn comes too early is put back; moving it to sooner is told by `add`.
 */
export class Deadlines<Item extends Expiring> {
  /** A binary heap by `at`: an instant at or before the item's end. */
  readonly #heap: Entry<Item>[] = [];
  readonly #current = new Map<Item, Entry<Item>>();

  /** Takes an item in, or hears that its `expiresAt` was moved to sooner. */
  add(item: Item): void {
    const entry = this.#current.get(item);
    if (entry !== undefined && entry.at <= item.expiresAt) return;
    const added = { at: item.expiresAt, item };
    this.#current.set(item, added);
    this.#push(added);
    this.#tidy();
  }

  delete(item: Item): void {
    this.#current.delete(item);
    this.#tidy();
  }

  /** How many items wait. */
  get size(): number {
    return this.#current.size;
  }

  /** When `expire` is wanted next. */
  get deadline(): Instant | undefined {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined) return undefined;
      if (this.#current.get(top.item) !== top) this.#pop();
      else if (top.item.expiresAt > top.at) this.#putBack();
      else return top.at;
    }
  }

  /** Takes out an item that has ended; call until it answers `undefined`. */
  expire(now: Instant): Item | undefined {
    const deadline = this.deadline;
    if (deadline === undefined || deadline > now) return undefined;
    const entry = this.#pop();
    this.#current.delete(entry.item);
    return entry.item;
  }

  #putBack(): void {
    const entry = this.#pop();
    entry.at = entry.item.expiresAt;
    this.#push(entry);
  }

  /** Entries of deleted items are left in the heap; when they are most of it, it is built anew. */
  #tidy(): void {
    if (this.#heap.length < 64 || this.#heap.length < 2 * this.#current.size) return;
    this.#heap.length = 0;
    for (const entry of this.#current.values()) this.#push(entry);
  }

  #push(entry: Entry<Item>): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as Entry<Item>).at <= entry.at) break;
      heap[at] = heap[parent] as Entry<Item>;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): Entry<Item> {
    const heap = this.#heap;
    const top = heap[0] as Entry<Item>;
    const last = heap.pop() as Entry<Item>;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && right.at < (heap[child] as Entry<Item>).at) child += 1;
      if ((heap[child] as Entry<Item>).at >= last.at) break;
      heap[at] = heap[child] as Entry<Item>;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

interface Entry<Item> {
  at: Instant;
  readonly item: Item;
}
