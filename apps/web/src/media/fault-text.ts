import type { DeviceFault, DeviceKind } from "@tincan/client/devices";
import type { TextKey } from "../i18n/en.ts";
import type { Platform } from "./platform.ts";

/** One sentence to show about devices: its key, and the keys of the words that go into it. */
export interface FaultText {
  readonly kinds: readonly DeviceKind[];
  readonly key: TextKey;
  readonly device: TextKey;
  readonly cure: TextKey;
}

/** What to say about the devices that failed; one sentence for both where both have the same cause. */
export function faultTexts(
  faults: Readonly<Record<DeviceKind, DeviceFault | undefined>>,
  platform: Platform,
): readonly FaultText[] {
  const { audio, video } = faults;
  if (audio !== undefined && audio === video) {
    return [text(["audio", "video"], "device.both", audio, platform)];
  }
  return [
    ...(video === undefined ? [] : [text(["video"], "device.camera", video, platform)]),
    ...(audio === undefined ? [] : [text(["audio"], "device.microphone", audio, platform)]),
  ];
}

function text(
  kinds: readonly DeviceKind[],
  device: TextKey,
  fault: DeviceFault,
  platform: Platform,
): FaultText {
  return { kinds, device, key: `fault.${fault}`, cure: cureOf(fault, platform) };
}

/** Where on this platform a refusal is taken back. */
export function cureOf(fault: DeviceFault, platform: Platform): TextKey {
  return fault === "blocked-by-system" ? systemCure(platform) : siteCure(platform);
}

function systemCure({ system }: Platform): TextKey {
  return `cure.system.${system}`;
}

function siteCure({ browser, system }: Platform): TextKey {
  if (system === "ios") return "cure.ios";
  if (system === "android") return "cure.android";
  return `cure.${browser}`;
}
