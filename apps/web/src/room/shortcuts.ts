/** What a key does in a call. */
export type ShortcutAction =
  | "microphone"
  | "camera"
  | "screen"
  | "hand"
  | "chat"
  | "people"
  | "view"
  | "self"
  | "fullscreen"
  | "picture"
  | "help";

/** The keys, by what they write; the sheet shows them in this order. */
export const SHORTCUTS: readonly { readonly key: string; readonly action: ShortcutAction }[] = [
  { key: "m", action: "microphone" },
  { key: "v", action: "camera" },
  { key: "s", action: "screen" },
  { key: "h", action: "hand" },
  { key: "c", action: "chat" },
  { key: "p", action: "people" },
  { key: "g", action: "view" },
  { key: "o", action: "self" },
  { key: "f", action: "fullscreen" },
  { key: "i", action: "picture" },
  { key: "?", action: "help" },
];

/** What is read of a `KeyboardEvent`. */
export type ShortcutPress = Pick<
  KeyboardEvent,
  "key" | "ctrlKey" | "altKey" | "metaKey" | "repeat" | "target"
>;

/** What a key press means; undefined for those that belong to a field, a dialog, or the browser. */
export function shortcutOf(press: ShortcutPress): ShortcutAction | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey || press.repeat) return undefined;
  if (isTaken(press.target)) return undefined;
  const key = press.key.toLowerCase();
  return SHORTCUTS.find((shortcut) => shortcut.key === key)?.action;
}

/** Letters choose in lists, write in fields, and mean nothing behind a modal dialog. */
function isTaken(target: EventTarget | null): boolean {
  if (target === null || !("closest" in target)) return false;
  const selector = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog";
  return (target as Element).closest(selector) !== null;
}
