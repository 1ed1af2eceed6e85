/**
 * The tasks of one connection, one after the other, as an event loop would run them: between two of
 * them every promise that can settle does, so that `await` between two messages loses none.
 */
export class TaskQueue {
  #tasks: (() => void)[] = [];
  #next = 0;
  #isScheduled = false;
  readonly #later = (): void => process.nextTick(this.#run);
  readonly #run = (): void => {
    const task = this.#tasks[this.#next] as () => void;
    this.#next += 1;
    if (this.#next === this.#tasks.length) {
      this.#tasks = [];
      this.#next = 0;
      this.#isScheduled = false;
    } else this.#schedule();
    task();
  };

  push(task: () => void): void {
    this.#tasks.push(task);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#schedule();
  }

  /** Ticks come before microtasks, but not before those of the microtask that asks for the tick. */
  #schedule(): void {
    queueMicrotask(this.#later);
  }
}
