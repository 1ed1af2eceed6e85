/** The operations of a connection, each begun when the one before it has ended (W3C webrtc §4.4.1.2). */
export class OperationsChain {
  #length = 0;
  #last: Promise<unknown> = Promise.resolve();
  readonly #isClosed: () => boolean;
  readonly #onEmpty: () => void;

  constructor(isClosed: () => boolean, onEmpty: () => void) {
    this.#isClosed = isClosed;
    this.#onEmpty = onEmpty;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Adds an operation. Those that are under way when the connection closes never settle. */
  run<Result>(operation: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed()) {
      return Promise.reject(new DOMException("The connection is closed.", "InvalidStateError"));
    }
    const isFirst = this.#length === 0;
    this.#length += 1;
    return new Promise<Result>((resolve, reject) => {
      const settle = (act: () => void): void => {
        if (this.#isClosed()) return;
        this.#length -= 1;
        act();
        if (this.#length === 0) this.#onEmpty();
      };
      const begin = async (): Promise<void> => {
        if (this.#isClosed()) return;
        try {
          const result = await operation();
          settle(() => resolve(result));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      this.#last = isFirst ? begin() : this.#last.then(begin);
    });
  }
}
