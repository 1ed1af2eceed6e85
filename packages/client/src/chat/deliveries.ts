/** Whether one text has reached one peer. A peer that answers late turns `failed` into `delivered`. */
export type Delivery = "pending" | "delivered" | "failed";

export interface DeliveriesOptions {
  readonly onChange: (textId: string) => void;
}

/** Keeps, for each text of ours, whom it has reached. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #texts = new Map<string, Map<string, Delivery>>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  of(textId: string): ReadonlyMap<string, Delivery> {
    return this.#texts.get(textId) ?? NOBODY;
  }

  /** It was given to these peers, or is as soon as there is a connection. */
  begin(textId: string, peerIds: Iterable<string>): void {
    const states = this.#texts.get(textId) ?? new Map<string, Delivery>();
    this.#texts.set(textId, states);
    for (const peerId of peerIds) states.set(peerId, "pending");
    clearTimeout(this.#timers.get(textId));
    this.#timers.set(
      textId,
      setTimeout(() => this.#expire(textId), PATIENCE_MS),
    );
  }

  delivered(textId: string, peerId: string): void {
    const states = this.#texts.get(textId) ?? new Map<string, Delivery>();
    if (states.get(peerId) === "delivered") return;
    this.#texts.set(textId, states.set(peerId, "delivered"));
    this.#options.onChange(textId);
  }

  /** This peer does not come back. */
  gone(peerId: string): void {
    for (const [textId, states] of this.#texts) {
      if (states.get(peerId) !== "pending") continue;
      states.set(peerId, "failed");
      this.#options.onChange(textId);
    }
  }

  /** Forgets the texts that are not kept any more. */
  keepOnly(textIds: ReadonlySet<string>): void {
    for (const textId of this.#texts.keys()) {
      if (textIds.has(textId)) continue;
      this.#texts.delete(textId);
      clearTimeout(this.#timers.get(textId));
      this.#timers.delete(textId);
    }
  }

  clear(): void {
    this.keepOnly(new Set());
  }

  #expire(textId: string): void {
    this.#timers.delete(textId);
    const states = this.#texts.get(textId) ?? new Map<string, Delivery>();
    let changed = false;
    for (const [peerId, state] of states) {
      if (state !== "pending") continue;
      states.set(peerId, "failed");
      changed = true;
    }
    if (changed) this.#options.onChange(textId);
  }
}

const NOBODY: ReadonlyMap<string, Delivery> = new Map();

/** As long as a peer's seat is kept while it reconnects. */
const PATIENCE_MS = 30_000;
