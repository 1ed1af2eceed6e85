/** What an `on...` attribute holds. */
export type Handler<Target, Type extends Event> = ((this: Target, event: Type) => unknown) | null;

type ListenerOptions = Parameters<EventTarget["addEventListener"]>[2];
type AnyListener = Parameters<EventTarget["addEventListener"]>[1];
/** What every event can be made with (DOM §2.2). */
export type EventInit = NonNullable<ConstructorParameters<typeof Event>[1]>;

/** An EventTarget that knows its events by type, as those of the browser do. */
export interface TypedEventTarget<Events> extends EventTarget {
  addEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: (this: this, event: Events[Type]) => unknown,
    options?: ListenerOptions,
  ): void;
  addEventListener(type: string, listener: AnyListener | null, options?: ListenerOptions): void;
  removeEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: (this: this, event: Events[Type]) => unknown,
    options?: ListenerOptions,
  ): void;
  removeEventListener(type: string, listener: AnyListener | null, options?: ListenerOptions): void;
}

/** EventTarget itself: interfaces of the standard inherit from nothing else. */
export const TypedEventTarget = EventTarget as new <Events>() => TypedEventTarget<Events>;

interface Slot {
  /** A function, or an object that is only kept. */
  current: object;
  readonly listener: (event: Event) => void;
}

/**
 * Gives a class its `on...` attributes (HTML §8.1.8.1): a handler takes its place among the listeners
 * when it is set, hands it on to the one that replaces it, and gives it up for null.
 */
export function defineHandlers(prototype: EventTarget, types: readonly string[]): void {
  for (const type of types) {
    const slots = new WeakMap<EventTarget, Slot>();
    const property = {
      get [`on${type}`](): object | null {
        return slots.get(this as unknown as EventTarget)?.current ?? null;
      },
      set [`on${type}`](handler: unknown) {
        setHandler(slots, this as unknown as EventTarget, type, handler);
      },
    };
    Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(property));
  }
}

function setHandler(
  slots: WeakMap<EventTarget, Slot>,
  target: EventTarget,
  type: string,
  handler: unknown,
): void {
  const isObject = typeof handler === "function" || typeof handler === "object";
  const current = isObject ? handler : null;
  const known = slots.get(target);
  if (current === null) {
    if (known !== undefined) target.removeEventListener(type, known.listener);
    slots.delete(target);
  } else if (known !== undefined) known.current = current;
  else {
    const slot: Slot = {
      current,
      listener: (event) => {
        const { current: callback } = slot;
        if (typeof callback !== "function") return;
        if (callback.call(target, event) === false) event.preventDefault();
      },
    };
    slots.set(target, slot);
    target.addEventListener(type, slot.listener);
  }
}
