/** Called with the detail of an event. */
export type Listener<Detail> = (detail: Detail) => void;

/** How long to listen. */
export interface ListenOptions {
  /** Ends the listening when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** Typed events. What a listener throws is reported to the page and stops nobody else. */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Listens; the function that it answers ends that. The same listener twice is two listeners. */
  on<Name extends keyof Events>(
    name: Name,
    listener: Listener<Events[Name]>,
    options: ListenOptions = {},
  ): () => void {
    const { signal } = options;
    if (signal?.aborted) return () => {};
    const entry: Listener<Events[Name]> = (detail) => listener(detail);
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(entry);
    const off = () => {
      listeners.delete(entry);
      signal?.removeEventListener("abort", off);
    };
    signal?.addEventListener("abort", off, { once: true });
    return off;
  }

  emit<Name extends keyof Events>(name: Name, detail: Events[Name]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) return;
    for (const listener of [...listeners] as Listener<Events[Name]>[]) {
      try {
        listener(detail);
      } catch (error) {
        report(error);
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}

/** As an error that nobody caught: to the page's `error` event, or to Node's `uncaughtException`. */
function report(error: unknown): void {
  if (typeof reportError !== "undefined") reportError(error);
  else {
    queueMicrotask(() => {
      throw error;
    });
  }
}
