import { networkInterfaces } from "node:os";
import type { Instant } from "../../wire/index.ts";
import { now } from "../clock.ts";
import type { Interfaces } from "./local-addresses.ts";

/** Often enough to be quicker than consent, which takes five seconds to notice. */
const lookMs = 2000;

/** A look takes a millisecond while a connection is opened, which wants several. */
const freshMs = 100;

/** Which interfaces this machine has, looked at now and then as long as somebody wants to know: one timer for all. */
export class InterfaceWatch {
  readonly #read: () => Interfaces;
  readonly #listeners = new Set<() => void>();
  #last: Interfaces = {};
  #lastAt: Instant = Number.NEGATIVE_INFINITY;
  #lastText = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(read: () => Interfaces = networkInterfaces) {
    this.#read = read;
  }

  /** As they are, or were a moment ago; where the system does not tell (some sandboxes refuse), as they were last. */
  get interfaces(): Interfaces {
    return now() - this.#lastAt < freshMs ? this.#last : this.#readNow();
  }

  /** Tells of every change until the function that comes back is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#timer === undefined) {
      this.#lastText = JSON.stringify(this.interfaces);
      this.#timer = setInterval(() => this.look(), lookMs);
      this.#timer.unref();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Looks now, and tells if something is different. */
  look(): void {
    const text = JSON.stringify(this.#readNow());
    if (text === this.#lastText) return;
    this.#lastText = text;
    for (const listener of [...this.#listeners]) listener();
  }

  #readNow(): Interfaces {
    this.#lastAt = now();
    try {
      this.#last = this.#read();
    } catch {}
    return this.#last;
  }
}

/** Those of the machine that this runs on. */
export const machineInterfaces: InterfaceWatch = new InterfaceWatch();
