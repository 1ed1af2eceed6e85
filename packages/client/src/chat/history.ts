import { type HistoryEntry, MAX_HISTORY } from "./messages.ts";

/** A text that is kept, and whether its author itself told it. */
export interface KeptText extends HistoryEntry {
  /** False where it was told by somebody else, who could have made it up. */
  readonly direct: boolean;
}

/** What was said in the call: merged by id, in the order of the logical clock, the oldest forgotten. */
export class History {
  #texts: readonly KeptText[] = [];
  /** By author and id: nobody can take the place of what somebody else says. */
  readonly #known = new Map<string, KeptText>();
  #size = 0;

  get texts(): readonly KeptText[] {
    return this.#texts;
  }

  find(id: string): KeptText | undefined {
    return this.#texts.find((text) => text.id === id);
  }

  /** Keeps a text; false where it is known, or older than all that there is room for. */
  add(text: KeptText): boolean {
    const known = this.#known.get(keyOf(text));
    // What the author says counts more than what others say of it.
    if (known !== undefined && (known.direct || !text.direct)) return false;
    if (known !== undefined) this.#remove(known);
    const texts = [...this.#texts];
    let at = texts.length;
    while (at > 0 && compare(texts[at - 1] as KeptText, text) > 0) at -= 1;
    texts.splice(at, 0, text);
    this.#texts = texts;
    this.#known.set(keyOf(text), text);
    this.#size += text.text.length;
    while (this.#texts.length > MAX_HISTORY || this.#size > MAX_SIZE) {
      this.#remove(this.#texts[0] as KeptText);
    }
    return this.#known.has(keyOf(text));
  }

  /** Whether a text with this clock would be kept if it came. */
  hasRoomFor(clock: number): boolean {
    if (this.#texts.length < MAX_HISTORY) return true;
    return clock > (this.#texts[0] as KeptText).clock;
  }

  #remove(text: KeptText): void {
    this.#texts = this.#texts.filter((other) => other !== text);
    this.#known.delete(keyOf(text));
    this.#size -= text.text.length;
  }
}

function keyOf({ from, id }: HistoryEntry): string {
  return `${from} ${id}`;
}

/** What caused comes before what it caused; where neither did, all still agree. */
function compare(a: HistoryEntry, b: HistoryEntry): number {
  return a.clock - b.clock || a.time - b.time || (a.id < b.id ? -1 : 1);
}

/** In UTF-16 units. */
const MAX_SIZE = 1024 * 1024;
