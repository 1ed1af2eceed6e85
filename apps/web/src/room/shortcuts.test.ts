import { describe, expect, it } from "vitest";
import { SHORTCUTS, type ShortcutPress, shortcutOf } from "./shortcuts.ts";

const press = (key: string, more: Partial<ShortcutPress> = {}): ShortcutPress => ({
  key,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  target: null,
  ...more,
});

describe("a key in the call", () => {
  it("means one thing each", () => {
    expect(new Set(SHORTCUTS.map(({ key }) => key)).size).toBe(SHORTCUTS.length);
    for (const { key, action } of SHORTCUTS) expect(shortcutOf(press(key))).toBe(action);
    expect(shortcutOf(press("M"))).toBe("microphone");
    expect(shortcutOf(press("z"))).toBeUndefined();
  });

  it("is the browser's with a modifier, and counts once while it is held", () => {
    expect(shortcutOf(press("f", { ctrlKey: true }))).toBeUndefined();
    expect(shortcutOf(press("m", { metaKey: true }))).toBeUndefined();
    expect(shortcutOf(press("m", { repeat: true }))).toBeUndefined();
  });

  it("belongs to the field that is written in", () => {
    const field = { closest: (selector: string) => (selector.includes("textarea") ? {} : null) };
    const target = field as unknown as EventTarget;
    expect(shortcutOf(press("m", { target }))).toBeUndefined();
  });
});
