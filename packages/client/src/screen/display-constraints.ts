/** As lib.dom has it, and what Chromium knows beyond (W3C Screen Capture §5.3). */
export interface DisplayConstraints extends DisplayMediaStreamOptions {
  readonly systemAudio?: "include" | "exclude";
  readonly surfaceSwitching?: "include" | "exclude";
  readonly selfBrowserSurface?: "include" | "exclude";
}

/** What to ask for: the tab of the call itself is not offered, as it would show itself in itself. */
export function displayConstraints(frameRate: number, audio: boolean): DisplayConstraints {
  return {
    video: { frameRate: { ideal: frameRate, max: frameRate } },
    // Filters for voices would spoil music, and there is no echo to cancel.
    audio: audio && {
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
    },
    systemAudio: audio ? "include" : "exclude",
    surfaceSwitching: "include",
    selfBrowserSurface: "exclude",
  };
}
