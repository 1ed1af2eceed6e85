import { type Accessor, createSignal } from "solid-js";
import { type Items, visits } from "../storage.ts";

/** What somebody has chosen for all calls, beside the devices. */
export interface Preferences {
  /** Whether single keys do something. They can be turned off (WCAG 2.1.4). */
  readonly shortcuts: Accessor<boolean>;
  readonly sounds: Accessor<boolean>;
  /** The `KeyboardEvent.code` of push to talk. */
  readonly talkKey: Accessor<string>;
  set(name: "shortcuts" | "sounds", on: boolean): void;
  chooseTalkKey(code: string): void;
}

const OFF = { shortcuts: "tincan.shortcuts-off", sounds: "tincan.sounds-off" } as const;
const TALK_KEY = "tincan.talk-key";

/** Reads what was chosen before. */
export function createPreferences(items: Items = visits): Preferences {
  const [shortcuts, setShortcuts] = createSignal(items.getItem(OFF.shortcuts) !== "1");
  const [sounds, setSounds] = createSignal(items.getItem(OFF.sounds) !== "1");
  const [talkKey, setTalkKey] = createSignal(items.getItem(TALK_KEY) ?? "Space");
  return {
    shortcuts,
    sounds,
    talkKey,
    set(name, on) {
      if (on) items.removeItem(OFF[name]);
      else items.setItem(OFF[name], "1");
      (name === "shortcuts" ? setShortcuts : setSounds)(on);
    },
    chooseTalkKey(code) {
      items.setItem(TALK_KEY, code);
      setTalkKey(code);
    },
  };
}
