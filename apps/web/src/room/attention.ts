import { createSignal, onCleanup } from "solid-js";
import type { Preferences } from "./preferences.ts";

/** Calls for the eyes of somebody who looks at another tab: the title says why, and a sound asks. */
export interface Attention {
  call(why: string): void;
  /** As `call`, and heard also by somebody who looks at the page: a person waits for an answer. */
  knock(why: string): void;
  /** What the title says before its own words; undefined while the page is looked at. */
  readonly reason: () => string | undefined;
}

/** Attention for one call; ends with the component that calls it. */
export function createAttention(preferences: Preferences): Attention {
  const [reason, setReason] = createSignal<string>();
  const calm = (): void => {
    if (!document.hidden) setReason(undefined);
  };
  document.addEventListener("visibilitychange", calm);
  onCleanup(() => document.removeEventListener("visibilitychange", calm));
  return {
    reason,
    call(why) {
      if (!document.hidden) return;
      setReason(why);
      if (preferences.sounds()) ring();
    },
    knock(why) {
      if (document.hidden) setReason(why);
      if (preferences.sounds()) ring();
    },
  };
}

/** Two soft notes, a fourth apart. */
function ring(): void {
  const context = new AudioContext();
  for (const [index, frequency] of [587, 784].entries()) {
    const start = context.currentTime + index * 0.16;
    const note = new OscillatorNode(context, { frequency, type: "sine" });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.18, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.5);
    note.connect(volume).connect(context.destination);
    note.start(start);
    note.stop(start + 0.5);
  }
  // Not at the notes' end: a browser that keeps the page silent until a tap never gets there.
  setTimeout(() => void context.close(), 1500);
}
