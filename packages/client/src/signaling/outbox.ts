import type { Body, Message } from "@tincan/signaling";

/** What was given to `post` and has no number yet, or lost it with its server. */
export type Letter = Omit<Message, "seq">;

/**
 * Numbers what this client sends and keeps it until the server has answered, so that it can be sent
 * again after a break. Bounded in messages and characters; at most a window of them is under way.
 */
export class Outbox {
  readonly #letters: { readonly letter: Letter; readonly size: number }[] = [];
  #size = 0;
  /** The seq of `#letters[0]`. */
  #first = 1;
  /** How many of `#letters`, from the first, were sent on this connection. */
  #sent = 0;

  get length(): number {
    return this.#letters.length;
  }

  /** False when it is full; the letter was not taken then. */
  post(letter: Letter): boolean {
    const size = sizeOf(letter.body);
    if (this.#letters.length >= MAX_LETTERS || this.#size + size > MAX_SIZE) return false;
    this.#letters.push({ letter, size });
    this.#size += size;
    return true;
  }

  /** The next message to send, while the window is open. */
  next(): Message | undefined {
    if (this.#sent >= WINDOW) return undefined;
    const entry = this.#letters[this.#sent];
    if (entry === undefined) return undefined;
    const seq = this.#first + this.#sent;
    this.#sent += 1;
    return { seq, ...entry.letter };
  }

  /** The oldest that the server has not taken. */
  get first(): Letter | undefined {
    return this.#letters[0]?.letter;
  }

  /** Whether `seq` is the oldest that the server has not taken. */
  isFirst(seq: number): boolean {
    return this.#letters.length > 0 && seq === this.#first;
  }

  /** The server has everything up to `seq`. */
  taken(seq: number): void {
    while (this.#first <= seq && this.#letters.length > 0) {
      const entry = this.#letters.shift();
      this.#size -= entry?.size ?? 0;
      this.#first += 1;
      if (this.#sent > 0) this.#sent -= 1;
    }
  }

  /** Everything is to be sent again, under the same numbers. */
  rewind(): void {
    this.#sent = 0;
  }

  /** The seat is ours again and the server has everything up to `seq`: the rest follows it. */
  resume(seq: number): void {
    this.taken(seq);
    this.#first = seq + 1;
    this.rewind();
  }

  /** Numbers start from 1 again; answers what the last server did not say it had. */
  restart(): Letter[] {
    const letters = this.#letters.map(({ letter }) => letter);
    this.#letters.length = 0;
    this.#size = 0;
    this.#first = 1;
    this.#sent = 0;
    return letters;
  }
}

/** As many as the server keeps for a seat (PROTOCOL.md, "Losing the connection"). */
const MAX_LETTERS = 256;

const MAX_SIZE = 512 * 1024;

/** A server that refuses one message refuses those that were under way behind it, too; 100 in a row end the connection. */
const WINDOW = 32;

function sizeOf(body: Body): number {
  switch (body.type) {
    case "offer":
    case "answer":
      return body.sdp.length;
    case "app":
      return body.data.length;
    case "candidate":
      return body.candidate.candidate.length;
    case "media":
      return 256 * body.streams.length;
  }
}
