import * as v from "valibot";
import type { CameraSettings, MicrophoneSettings } from "./constraints.ts";
import type { DeviceKind } from "./device-fault.ts";

/** A device that somebody has chosen; its label finds it again where browsers give it another id. */
export interface DeviceChoice {
  readonly deviceId: string;
  readonly label: string;
}

/** What is remembered from visit to visit. */
export interface RememberedDevices {
  readonly audio?: DeviceChoice | undefined;
  readonly video?: DeviceChoice | undefined;
  readonly speaker?: DeviceChoice | undefined;
  /** Which devices are meant to be on. */
  readonly on?: Readonly<Record<DeviceKind, boolean>> | undefined;
  /** What is asked of whichever camera; the side of a phone is of the moment. */
  readonly camera?: Partial<Omit<CameraSettings, "facing">> | undefined;
  readonly microphone?: MicrophoneSettings | undefined;
}

/** `localStorage`, or what has these two methods. They may throw, as they do where cookies are blocked. */
export type ChoiceStorage = Pick<Storage, "getItem" | "setItem">;

const Choice = v.object({
  deviceId: v.pipe(v.string(), v.maxLength(256)),
  label: v.pipe(v.string(), v.maxLength(256)),
});

const Remembered: v.GenericSchema<unknown, RememberedDevices> = v.object({
  audio: v.optional(Choice),
  video: v.optional(Choice),
  speaker: v.optional(Choice),
  on: v.optional(v.object({ audio: v.boolean(), video: v.boolean() })),
  camera: v.optional(
    v.object({
      resolution: v.exactOptional(v.picklist(["360p", "720p", "1080p"])),
      frameRate: v.exactOptional(v.pipe(v.number(), v.minValue(1), v.maxValue(240))),
      fit: v.exactOptional(v.picklist(["ideal", "min", "max", "exact"])),
      backgroundBlur: v.exactOptional(v.boolean()),
      saving: v.exactOptional(v.picklist(["off", "low", "audio-only"])),
    }),
  ),
  microphone: v.optional(
    v.object({
      echoCancellation: v.boolean(),
      noiseSuppression: v.boolean(),
      autoGainControl: v.boolean(),
    }),
  ),
});

/** What this storage remembers; nothing when it cannot be read. */
export function recallDevices(storage: ChoiceStorage | undefined): RememberedDevices {
  try {
    const { success, output } = v.safeParse(
      Remembered,
      JSON.parse(storage?.getItem(KEY) ?? "{}") as unknown,
    );
    return success ? output : {};
  } catch {
    return {};
  }
}

/** Keeps what is to be remembered, where it can be kept. */
export function rememberDevices(
  storage: ChoiceStorage | undefined,
  devices: RememberedDevices,
): void {
  try {
    storage?.setItem(KEY, JSON.stringify(devices));
  } catch {
    // What a browser does not let us remember is asked again.
  }
}

/**
 * The device of a list that was chosen: by its id, else by its name. Undefined when it is not there,
 * or when the browser tells neither ids nor names yet.
 */
export function findChoice(
  choice: DeviceChoice | undefined,
  devices: readonly DeviceChoice[],
): DeviceChoice | undefined {
  if (choice === undefined) return undefined;
  return (
    devices.find(({ deviceId }) => deviceId === choice.deviceId) ??
    devices.find(({ label }) => label !== "" && label === choice.label)
  );
}

const KEY = "tincan.devices";
