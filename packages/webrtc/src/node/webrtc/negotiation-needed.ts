import type { OperationsChain } from "./operations-chain.ts";
import type { TaskQueue } from "./task-queue.ts";

/** What the flag is updated from, and who is told. */
export interface NegotiationNeededOwner {
  /** Closed connections aren't. */
  isStable(): boolean;
  /** Whether something is wanted that is not negotiated yet. */
  isNeeded(): boolean;
  fire(): void;
}

/** The negotiation-needed flag (W3C webrtc §4.7.3). */
export class NegotiationNeeded {
  readonly #chain: OperationsChain;
  readonly #tasks: TaskQueue;
  readonly #owner: NegotiationNeededOwner;
  #isSet = false;
  #updateWhenChainIsEmpty = false;

  constructor(chain: OperationsChain, tasks: TaskQueue, owner: NegotiationNeededOwner) {
    this.#chain = chain;
    this.#tasks = tasks;
    this.#owner = owner;
  }

  clear(): void {
    this.#isSet = false;
  }

  update(): void {
    if (this.#isDeferred()) return;
    this.#tasks.push(() => {
      if (this.#isDeferred() || !this.#owner.isStable()) return;
      const wasSet = this.#isSet;
      this.#isSet = this.#owner.isNeeded();
      if (this.#isSet && !wasSet) this.#owner.fire();
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
