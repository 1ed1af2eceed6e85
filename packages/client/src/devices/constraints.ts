/** Heights that people know; each is 16 by 9. */
export type Resolution = "360p" | "720p" | "1080p";

/**
 * How a wish for a resolution and a frame rate is to be taken (Media Capture and Streams §4.3):
 * `ideal` comes as near as the camera can, `max` gives no more, `min` and `exact` rather nothing.
 */
export type Fit = "ideal" | "min" | "max" | "exact";

/**
 * What is spared for somebody with little data: nothing, most frames (`low`: at most 640 by 360 and
 * 10 frames a second), or the whole picture.
 */
export type Saving = "off" | "low" | "audio-only";

/** What is asked of a camera. What is not named is the browser's choice. */
export interface CameraSettings {
  readonly resolution: Resolution;
  /** In frames a second. */
  readonly frameRate: number;
  readonly fit: Fit;
  /** Towards whom the camera of a phone looks; the chosen device counts more. */
  readonly facing: "user" | "environment" | undefined;
  /** Undefined leaves it as the system has it: some blur for all programs. */
  readonly backgroundBlur: boolean | undefined;
  readonly saving: Saving;
}

/** What is asked of a microphone. What is not named is the browser's choice. */
export interface MicrophoneSettings {
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

export const CAMERA_SETTINGS: CameraSettings = {
  resolution: "720p",
  frameRate: 30,
  fit: "ideal",
  facing: undefined,
  backgroundBlur: undefined,
  saving: "off",
};

export const MICROPHONE_SETTINGS: MicrophoneSettings = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/** As lib.dom has it, and the constraint of Media Capture Extensions that it does not know. */
export interface CameraConstraints extends MediaTrackConstraints {
  readonly backgroundBlur?: ConstrainBoolean;
}

/** What to ask a browser for; nothing when no picture is wanted at all. */
export function cameraConstraints(
  settings: Partial<CameraSettings> = {},
  deviceId?: string,
): CameraConstraints | undefined {
  const { resolution, frameRate, fit, facing, backgroundBlur, saving } = {
    ...CAMERA_SETTINGS,
    ...settings,
  };
  if (saving === "audio-only") return undefined;
  const low = saving === "low";
  const height = low ? 360 : HEIGHTS[resolution];
  const width = (height * 16) / 9;
  const how = low ? "max" : fit;
  return {
    width: bound(width, how),
    height: bound(height, how),
    frameRate: bound(low ? Math.min(LOW_FRAME_RATE, frameRate) : frameRate, how),
    ...(backgroundBlur !== undefined && { backgroundBlur }),
    ...whichCamera(deviceId, facing),
  };
}

/** What to ask a browser for. */
export function microphoneConstraints(
  settings: Partial<MicrophoneSettings> = {},
  deviceId?: string,
): MediaTrackConstraints {
  return {
    ...MICROPHONE_SETTINGS,
    ...settings,
    ...(deviceId !== undefined && { deviceId: { exact: deviceId } }),
  };
}

/**
 * A side that is asked for has to be exact: phones answer an ideal one with whichever camera they
 * like best.
 */
function whichCamera(
  deviceId: string | undefined,
  facing: CameraSettings["facing"],
): MediaTrackConstraints {
  if (deviceId !== undefined) return { deviceId: { exact: deviceId } };
  return facing === undefined ? {} : { facingMode: { exact: facing } };
}

/** `ideal` goes along with a limit: without it a browser may give anything on the right side of it. */
function bound(value: number, fit: Fit): ConstrainULongRange {
  return fit === "min" || fit === "max" ? { ideal: value, [fit]: value } : { [fit]: value };
}

const HEIGHTS: Readonly<Record<Resolution, number>> = { "360p": 360, "720p": 720, "1080p": 1080 };

const LOW_FRAME_RATE = 10;
