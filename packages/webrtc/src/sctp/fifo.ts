/** A first-in, first-out queue: push and shift cost the same however long it is. */
export class Fifo<Item> {
  #items: (Item | undefined)[] = new Array(initialSlots).fill(undefined);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  get second(): Item | undefined {
    return this.#items[(this.#head + 1) & (this.#items.length - 1)];
  }

  push(item: Item): void {
    if (this.#length === this.#items.length) this.#grow();
    this.#items[(this.#head + this.#length) & (this.#items.length - 1)] = item;
    this.#length += 1;
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head];
    if (this.#length === 0) return undefined;
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    this.#length -= 1;
    return item;
  }

  clear(): void {
    this.#items = new Array(initialSlots).fill(undefined);
    this.#head = 0;
    this.#length = 0;
  }

  /** The ring's length stays a power of two, so that an index wraps by a mask. */
  #grow(): void {
    const items: (Item | undefined)[] = new Array(2 * this.#items.length).fill(undefined);
    for (let i = 0; i < this.#length; i += 1) {
      items[i] = this.#items[(this.#head + i) & (this.#items.length - 1)];
    }
    this.#items = items;
    this.#head = 0;
  }
}

/** Small, as every stream has one. */
const initialSlots = 4;
