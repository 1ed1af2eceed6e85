/** The operations of a connection, each begun when the one before it has ended (W3C webrtc §4.4.1.2). */
export class OperationsChain {
  /** The one that is under way comes first. */
  readonly #operations: (() => void)[] = [];
  readonly #isClosed: () => boolean;
  readonly #onEmpty: () => void;

  constructor(isClosed: () => boolean, onEmpty: () => void) {
    this.#isClosed = isClosed;
    this.#onEmpty = onEmpty;
  }

  get isEmpty(): boolean {
    return this.#operations.length === 0;
  }

  /** Adds an operation. Those that are under way when the connection closes never settle. */
  run<Result>(operation: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed()) {
      return Promise.reject(new DOMException("The connection is closed.", "InvalidStateError"));
    }
    return new Promise<Result>((resolve, reject) => {
      this.#operations.push(() => {
        operation().then(
          (result) => this.#end(() => resolve(result)),
          (error) => this.#end(() => reject(error)),
        );
      });
      if (this.#operations.length === 1) this.#begin();
    });
  }

  /** The next operation begins before anybody hears how this one went. */
  #end(settle: () => void): void {
    if (this.#isClosed()) return;
    settle();
    this.#operations.shift();
    if (this.isEmpty) this.#onEmpty();
    else this.#begin();
  }

  #begin(): void {
    this.#operations[0]?.();
  }
}
