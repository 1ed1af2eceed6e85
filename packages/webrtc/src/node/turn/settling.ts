import type { TurnServer, TurnServerEvent } from "../../turn/index.ts";
import type { Instant } from "../../wire/index.ts";
import { now } from "../clock.ts";

/**
 * Lets a server's packets go, polls its events and minds its deadline: once for all that one turn of the event loop
 * brings. A timer that is early enough stays.
 */
export class Settling {
  readonly #server: TurnServer;
  readonly #flush: () => void;
  readonly #onEvent: (event: TurnServerEvent) => void;
  #timer: NodeJS.Timeout | undefined;
  #timerAt: Instant = Number.POSITIVE_INFINITY;
  #isDue = false;

  constructor(server: TurnServer, flush: () => void, onEvent: (event: TurnServerEvent) => void) {
    this.#server = server;
    this.#flush = flush;
    this.#onEvent = onEvent;
  }

  /** Something happened: settle when this turn of the event loop is over. */
  soon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(this.#settle);
  }

  /** Hands out the events that there are. */
  report(): void {
    for (let output = this.#server.poll(); output !== undefined; output = this.#server.poll()) {
      if (output.type === "event") this.#onEvent(output.event);
    }
  }

  /** Hands out the last events; no timer runs after this. */
  stop(): void {
    this.#flush();
    this.report();
    clearTimeout(this.#timer);
    this.#timerAt = Number.NEGATIVE_INFINITY;
  }

  readonly #settle = (): void => {
    this.#isDue = false;
    this.#flush();
    this.report();
    const { deadline } = this.#server;
    if (deadline === undefined || deadline >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = deadline;
    // Rounded up: a timer that fires early would find nothing due and be set again.
    const delay = Math.max(0, Math.ceil(deadline - now()));
    this.#timer = setTimeout(this.#wake, Math.min(delay, longestTimerMs));
  };

  readonly #wake = (): void => {
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#server.handleTimeout(now());
    this.#settle();
  };
}

/** setTimeout overflows beyond 31 bits and fires at once. */
const longestTimerMs = 0x7fff_ffff;
