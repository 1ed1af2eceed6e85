import { onCleanup } from "solid-js";
import type { CallDesk } from "../../room/call-desk.ts";
import { type ShortcutAction, shortcutOf } from "../../room/shortcuts.ts";

/** Lets single keys work in a call; ends with the component that calls it. */
export function bindShortcuts(desk: CallDesk, help: () => void): void {
  const { session, panel, view } = desk;
  const acts: Readonly<Record<ShortcutAction, () => void>> = {
    microphone: () => void session.media.audio.toggle(),
    camera: () => void session.media.video.toggle(),
    screen: () => desk.screen.offered && void desk.screen.toggle(),
    hand: () => desk.chat.toggleHand(),
    chat: () => panel.toggle("chat"),
    people: () => panel.toggle("people"),
    view: () => view.changeMode(),
    self: () => view.toggleSelf(),
    fullscreen: () => desk.fullScreen.offered && desk.fullScreen.toggle(),
    picture: () => desk.picture.offered && void desk.picture.toggle(),
    help,
  };
  const press = (event: KeyboardEvent): void => {
    if (!desk.preferences.shortcuts() || event.defaultPrevented) return;
    const action = shortcutOf(event);
    if (action === undefined) return;
    event.preventDefault();
    acts[action]();
  };
  addEventListener("keydown", press);
  onCleanup(() => removeEventListener("keydown", press));
}
