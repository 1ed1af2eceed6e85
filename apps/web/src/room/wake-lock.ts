import { onCleanup } from "solid-js";

/** Keeps the screen on until the component that calls it ends. */
export function keepAwake(): void {
  // Not every browser has it, whatever lib.dom says.
  const wakeLock = navigator.wakeLock as WakeLock | undefined;
  if (wakeLock === undefined) return;
  let sentinel: WakeLockSentinel | undefined;
  let ended = false;
  const hold = async (): Promise<void> => {
    if (document.visibilityState !== "visible") return;
    try {
      const held = await wakeLock.request("screen");
      if (ended) await held.release();
      else sentinel = held;
    } catch {
      // A low battery may refuse it; the call goes on with a screen that dims.
    }
  };
  // Hiding the page releases it; it has to be taken again.
  document.addEventListener("visibilitychange", hold);
  void hold();
  onCleanup(() => {
    ended = true;
    document.removeEventListener("visibilitychange", hold);
    void sentinel?.release();
  });
}
