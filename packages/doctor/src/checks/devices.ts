import type { CauseId } from "../causes.ts";
import { type CheckResult, fault, good, warning } from "../check.ts";

/** What a camera delivered. Brightness is 0 to 255. */
export interface CameraSight {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** The brightest spot of all pictures. */
  readonly brightest: number;
  /** Whether two of its pictures differed anywhere. */
  readonly moves: boolean;
}

export function checkCamera(sight: CameraSight): CheckResult {
  const { width, height, framesPerSecond, brightest, moves } = sight;
  const rate = framesPerSecond.toFixed(0);
  const facts = { size: `${width}x${height}`, framesPerSecond: Number(rate), brightest, moves };
  if (brightest <= BLACK) return fault("camera", "camera-black", {}, facts);
  // The noise of a sensor alone makes two pictures differ.
  if (!moves) return fault("camera", "camera-frozen", {}, facts);
  if (framesPerSecond < SLOW) return warning("camera", "camera-slow", { rate }, facts);
  return good("camera", facts);
}

/** Black of limited-range video is 16 (ITU-R BT.601), and sensors make some noise on it. */
const BLACK = 20;

const SLOW = 8;

/** What a microphone delivered; amplitudes are 0 to 1. */
export interface MicrophoneSound {
  readonly peak: number;
  /** The part of all samples that are as loud as can be. */
  readonly clipped: number;
}

export function checkMicrophone({ peak, clipped }: MicrophoneSound): CheckResult {
  const facts = {
    peakDb: peak > 0 ? Math.round(20 * Math.log10(peak)) : "silence",
    clippedPercent: Number((clipped * 100).toFixed(1)),
  };
  if (peak < SILENCE) return fault("microphone", "microphone-silent", {}, facts);
  if (clipped > CLIPPED) return warning("microphone", "microphone-clipping", {}, facts);
  return good("microphone", facts);
}

/** -66 dB: the noise of the quietest microphone in the quietest room is louder. */
const SILENCE = 0.0005;

const CLIPPED = 0.01;

/** Whether the tone was heard, as the person says. */
export function checkSpeaker(heard: boolean): CheckResult {
  return heard ? good("speaker", { heard }) : fault("speaker", "speaker-silent", {}, { heard });
}

/** A device that could not be had, for one of the reasons that browsers give. */
export function checkNoDevice(device: "camera" | "microphone", reason: string): CheckResult {
  const ends: Readonly<Record<string, string>> = {
    denied: "denied",
    security: "denied",
    dismissed: "dismissed",
    "blocked-by-system": "blocked-by-system",
    "not-found": "missing",
    "in-use": "in-use",
  };
  const cause = `${device}-${ends[reason] ?? "failed"}` as CauseId;
  return fault(device, cause, { why: reason }, { reason });
}
