/** Counts what the server sends: each message is taken once, in order, and acknowledged in time. */
export class Inbox {
  readonly #acknowledge: (seq: number) => void;
  #seq = 0;
  #acknowledged = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `acknowledge` tells the server that everything up to `seq` has come. */
  constructor(acknowledge: (seq: number) => void) {
    this.#acknowledge = acknowledge;
  }

  /** The last seq that was taken. */
  get seq(): number {
    return this.#seq;
  }

  /** Whether a message is `new`, was `seen` before, or leaves a `gap` behind the last one. */
  take(seq: number): "new" | "seen" | "gap" {
    if (seq <= this.#seq) return "seen";
    if (seq > this.#seq + 1) return "gap";
    this.#seq = seq;
    if (seq - this.#acknowledged >= ACKNOWLEDGE_AFTER) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), ACKNOWLEDGE_MS);
    return "new";
  }

  /** The last seq was told to the server by other means. */
  told(): void {
    this.#acknowledged = this.#seq;
    this.stop();
  }

  /** Numbers start from 1 again. */
  restart(): void {
    this.#seq = 0;
    this.told();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flush(): void {
    this.told();
    this.#acknowledge(this.#seq);
  }
}

/** PROTOCOL.md, `received`. */
const ACKNOWLEDGE_AFTER = 16;

/** Sooner than the second that PROTOCOL.md allows at the latest. */
const ACKNOWLEDGE_MS = 500;
