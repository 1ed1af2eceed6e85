import type { ControlBody, EndWord, Role } from "./messages.ts";

/**
 * How transfers ended, as we have told the peer, for when it did not hear it. The last of them only:
 * who asks for an older one hears that it is gone.
 */
export class Verdicts {
  readonly #words = new Map<string, EndWord | "done">();

  add(role: Role, id: number, word: EndWord | "done"): void {
    this.#words.set(`${role} ${id}`, word);
    for (const oldest of this.#words.keys()) {
      if (this.#words.size <= MAX_VERDICTS) return;
      this.#words.delete(oldest);
    }
  }

  has(role: Role, id: number): boolean {
    return this.#words.has(`${role} ${id}`);
  }

  of(role: Role, id: number): ControlBody {
    const word = this.#words.get(`${role} ${id}`) ?? "gone";
    return word === "done" ? { type: "done", id } : { type: "end", id, by: role, reason: word };
  }

  clear(): void {
    this.#words.clear();
  }
}

const MAX_VERDICTS = 256;
