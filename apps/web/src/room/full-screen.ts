import { type Accessor, createSignal, onCleanup } from "solid-js";

/** Whether the page fills the screen, and how to change that. */
export interface FullScreen {
  /** False on phones that give a page no full screen. */
  readonly offered: boolean;
  readonly on: Accessor<boolean>;
  toggle(): void;
}

/** Follows the browser's full screen; ends with the component that calls it. */
export function createFullScreen(): FullScreen {
  const [on, setOn] = createSignal(document.fullscreenElement !== null);
  const follow = (): void => void setOn(document.fullscreenElement !== null);
  document.addEventListener("fullscreenchange", follow);
  onCleanup(() => {
    document.removeEventListener("fullscreenchange", follow);
    if (document.fullscreenElement !== null) void document.exitFullscreen();
  });
  return {
    offered: document.fullscreenEnabled === true,
    on,
    toggle() {
      const change = on()
        ? document.exitFullscreen()
        : document.documentElement.requestFullscreen({ navigationUI: "hide" });
      // A browser that says no here keeps its window, and so does the call.
      change.catch(() => {});
    },
  };
}
