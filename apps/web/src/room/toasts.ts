import { type Accessor, createSignal, onCleanup } from "solid-js";

/** A sentence that is shown for a moment, and what can be done about it. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action: { readonly label: string; readonly run: () => void } | undefined;
}

/** What has just happened, for eyes and readers both. */
export interface Toasts {
  readonly list: Accessor<readonly Toast[]>;
  show(text: string, action?: Toast["action"]): void;
  dismiss(id: number): void;
}

/** Toasts for one call; they end with the component that calls it. */
export function createToasts(): Toasts {
  const [list, setList] = createSignal<readonly Toast[]>([]);
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  let counted = 0;
  const dismiss = (id: number): void => {
    clearTimeout(timers.get(id));
    timers.delete(id);
    setList((all) => all.filter((toast) => toast.id !== id));
  };
  onCleanup(() => {
    for (const timer of timers.values()) clearTimeout(timer);
  });
  return {
    list,
    dismiss,
    show(text, action) {
      counted += 1;
      const id = counted;
      const [oldest] = list();
      if (oldest !== undefined && list().length >= MOST) dismiss(oldest.id);
      setList((all) => [...all, { id, text, action }]);
      // Long enough to be read, and to be reached with the keyboard.
      const shownMs = action === undefined ? 6000 : 15_000;
      timers.set(
        id,
        setTimeout(() => dismiss(id), shownMs),
      );
    },
  };
}

const MOST = 3;
