import { type Accessor, createSignal, onCleanup } from "solid-js";
import type { Size } from "../room/tile-layout.ts";

/** The size of an element, borders included, as it changes; `observe` goes into its `ref`. */
export function createElementSize(): {
  readonly size: Accessor<Size>;
  readonly observe: (element: Element) => void;
} {
  const [size, setSize] = createSignal<Size>({ width: 0, height: 0 });
  const observer = new ResizeObserver(([entry]) => {
    const box = entry?.borderBoxSize[0];
    if (box !== undefined) setSize({ width: box.inlineSize, height: box.blockSize });
  });
  onCleanup(() => observer.disconnect());
  return { size, observe: (element) => observer.observe(element) };
}
