import type { CameraSettings, MicrophoneSettings } from "./constraints.ts";

/** What a browser really does with a track; undefined where it does not say. */
export interface AppliedSettings {
  readonly deviceId: string | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** In frames a second. */
  readonly frameRate: number | undefined;
  readonly facing: CameraSettings["facing"];
  readonly backgroundBlur: boolean | undefined;
  readonly echoCancellation: boolean | undefined;
  readonly noiseSuppression: boolean | undefined;
  readonly autoGainControl: boolean | undefined;
}

/** Reads what the browser applied, which may be another thing than what was asked for. */
export function appliedSettings(track: MediaStreamTrack): AppliedSettings {
  const settings: Record<string, unknown> = { ...track.getSettings() };
  const number = (name: string) =>
    typeof settings[name] === "number" ? settings[name] : undefined;
  const { deviceId, facingMode, echoCancellation } = settings;
  return {
    deviceId: typeof deviceId === "string" ? deviceId : undefined,
    width: number("width"),
    height: number("height"),
    frameRate: number("frameRate"),
    facing: facingMode === "user" || facingMode === "environment" ? facingMode : undefined,
    backgroundBlur: flag(settings.backgroundBlur),
    // Chromium names the kind of cancellation: "browser", "system", "all", "remote-only".
    echoCancellation: typeof echoCancellation === "string" ? true : flag(echoCancellation),
    noiseSuppression: flag(settings.noiseSuppression),
    autoGainControl: flag(settings.autoGainControl),
  };
}

/** The switches that this track can be put both ways. */
export type Switch = "backgroundBlur" | keyof MicrophoneSettings;

/** Which switches make a difference for this track; what the browser does not tell of is not among them. */
export function offeredSwitches(track: MediaStreamTrack): readonly Switch[] {
  // Not in Firefox before 132.
  if (!("getCapabilities" in track)) return [];
  const capabilities: Record<string, unknown> = { ...track.getCapabilities() };
  return SWITCHES.filter((name) => {
    const offered = capabilities[name];
    return Array.isArray(offered) && new Set(offered).size > 1;
  });
}

const SWITCHES: readonly Switch[] = [
  "backgroundBlur",
  "echoCancellation",
  "noiseSuppression",
  "autoGainControl",
];

function flag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}
