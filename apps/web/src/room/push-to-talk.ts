import { PushToTalk } from "@tincan/client/devices";
import { onCleanup } from "solid-js";
import type { LocalMedia } from "../media/local-media.ts";
import type { Preferences } from "./preferences.ts";

/**
 * Opens a muted microphone for as long as the key is held; ends with the component that calls it.
 * A button that was reached with the keyboard keeps the key for itself: Space presses it.
 */
export function holdToTalk(media: LocalMedia, preferences: Preferences): void {
  let opened = false;
  const talk = (talking: boolean): void => {
    if (talking && !media.audio.on()) {
      opened = true;
      void media.audio.toggle();
    } else if (!talking && opened) {
      opened = false;
      if (media.audio.on()) void media.audio.toggle();
    }
  };
  const pushToTalk = new PushToTalk({ talk });
  const ended = new AbortController();
  const options = { signal: ended.signal, capture: true };
  let lastByKey = false;
  let focusByKey = false;
  const byPointer = (): void => {
    lastByKey = false;
  };
  const focused = (): void => {
    focusByKey = lastByKey;
  };
  addEventListener("pointerdown", byPointer, options);
  addEventListener("focusin", focused, options);
  addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Tab") lastByKey = true;
      if (!preferences.shortcuts() || (focusByKey && isControl(event.target))) return;
      if (pushToTalk.code !== preferences.talkKey()) pushToTalk.code = preferences.talkKey();
      pushToTalk.keyDown(event);
    },
    options,
  );
  addEventListener("keyup", (event) => pushToTalk.keyUp(event), options);
  addEventListener("blur", (event) => void (event.target === window && pushToTalk.up()), options);
  onCleanup(() => {
    ended.abort();
    pushToTalk.up();
  });
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, a, input, [role=tab]") !== null;
}
