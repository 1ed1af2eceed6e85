import type { OperationsChain } from "./operations-chain.ts";
import type { TaskQueue } from "./task-queue.ts";

/** What the flag is updated from. */
export interface NegotiationNeededSource {
  /** Closed connections aren't. */
  readonly isStable: boolean;
  /** Whether something is wanted that is not negotiated yet. */
  readonly isNeeded: boolean;
}

/** The negotiation-needed flag (W3C webrtc §4.7.3). */
export class NegotiationNeeded {
  readonly #source: NegotiationNeededSource;
  readonly #chain: OperationsChain;
  readonly #tasks: TaskQueue;
  readonly #fire: () => void;
  #isSet = false;
  #updateWhenChainIsEmpty = false;

  constructor(
    source: NegotiationNeededSource,
    chain: OperationsChain,
    tasks: TaskQueue,
    fire: () => void,
  ) {
    this.#source = source;
    this.#chain = chain;
    this.#tasks = tasks;
    this.#fire = fire;
  }

  clear(): void {
    this.#isSet = false;
  }

  update(): void {
    if (this.#isDeferred()) return;
    this.#tasks.push(() => {
      if (this.#isDeferred() || !this.#source.isStable) return;
      const wasSet = this.#isSet;
      this.#isSet = this.#source.isNeeded;
      if (this.#isSet && !wasSet) this.#fire();
    });
  }

  /** Does what was put off while operations were under way. */
  chainIsEmpty(): void {
    if (!this.#updateWhenChainIsEmpty) return;
    this.#updateWhenChainIsEmpty = false;
    this.update();
  }

  #isDeferred(): boolean {
    if (!this.#chain.isEmpty) this.#updateWhenChainIsEmpty = true;
    return !this.#chain.isEmpty;
  }
}
