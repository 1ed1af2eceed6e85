/** What an `on...` attribute holds. */
export type Handler<Target, Type extends Event> = ((this: Target, event: Type) => unknown) | null;

type ListenerOptions = Parameters<EventTarget["addEventListener"]>[2];
type AnyListener = Parameters<EventTarget["addEventListener"]>[1];

/** An EventTarget that knows its events by type, as those of the browser do. */
export class TypedEventTarget<Events> extends EventTarget {
  override addEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: (this: this, event: Events[Type]) => unknown,
    options?: ListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: AnyListener | null,
    options?: ListenerOptions,
  ): void;
  override addEventListener(type: string, listener: unknown, options?: ListenerOptions): void {
    super.addEventListener(type, listener as AnyListener, options);
  }

  override removeEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: (this: this, event: Events[Type]) => unknown,
    options?: ListenerOptions,
  ): void;
  override removeEventListener(
    type: string,
    listener: AnyListener | null,
    options?: ListenerOptions,
  ): void;
  override removeEventListener(type: string, listener: unknown, options?: ListenerOptions): void {
    super.removeEventListener(type, listener as AnyListener, options);
  }
}

type AnyHandler = ((this: unknown, event: Event) => unknown) | null;

/**
 * Gives a class its `on...` attributes (HTML §8.1.8.1): a handler takes its place among the listeners
 * when it is set for the first time, and keeps it.
 */
export function defineHandlers(prototype: EventTarget, types: readonly string[]): void {
  for (const type of types) {
    const handlers = new WeakMap<object, { current: AnyHandler }>();
    Object.defineProperty(prototype, `on${type}`, {
      configurable: true,
      enumerable: true,
      get(this: EventTarget) {
        return handlers.get(this)?.current ?? null;
      },
      set(this: EventTarget, handler: unknown) {
        const current = typeof handler === "function" ? (handler as AnyHandler) : null;
        const known = handlers.get(this);
        if (known !== undefined) known.current = current;
        else if (current !== null) {
          const slot = { current: current as AnyHandler };
          handlers.set(this, slot);
          this.addEventListener(type, (event) => slot.current?.call(this, event));
        }
      },
    });
  }
}
