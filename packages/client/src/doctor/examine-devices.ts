import { type CheckResult, checkCamera, checkMicrophone, checkNoDevice } from "@tincan/doctor";
import { acquire } from "../devices/acquire.ts";
import { browserDevices } from "../devices/browser-devices.ts";
import { levelOf } from "../devices/level-meter.ts";

export interface DeviceOptions {
  readonly signal?: AbortSignal;
}

const LOOK_MS = 2000;
const SMALL = { width: 64, height: 48 };

/** Asks for the camera and looks at its pictures for two seconds; `show` gets the stream meanwhile. */
export async function examineCamera(
  show: (stream: MediaStream) => void = () => {},
  { signal }: DeviceOptions = {},
): Promise<CheckResult> {
  const { tracks, faults } = await acquire({ video: {} }, browserDevices());
  const track = tracks.video;
  if (track === undefined) return checkNoDevice("camera", faults.video ?? "unknown");
  const video = document.createElement("video");
  try {
    const stream = new MediaStream([track]);
    show(stream);
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    void video.play().catch(() => {});
    return checkCamera(await look(video, signal));
  } finally {
    track.stop();
    video.srcObject = null;
  }
}

async function look(video: HTMLVideoElement, signal: AbortSignal | undefined) {
  const canvas = new OffscreenCanvas(SMALL.width, SMALL.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let frames = 0;
  const count = (): void => {
    frames += 1;
    video.requestVideoFrameCallback?.(count);
  };
  await firstPicture(video);
  video.requestVideoFrameCallback?.(count);
  let brightest = 0;
  let moves = false;
  let before: Uint8ClampedArray | undefined;
  const start = performance.now();
  while (performance.now() - start < LOOK_MS && !signal?.aborted) {
    context?.drawImage(video, 0, 0, SMALL.width, SMALL.height);
    const { data } = context?.getImageData(0, 0, SMALL.width, SMALL.height) ?? { data: NOTHING };
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
      brightest = Math.max(brightest, red, green, blue);
    }
    moves ||= before?.some((value, at) => value !== data[at]) === true;
    before = data;
    await pause(100);
  }
  const seconds = (performance.now() - start) / 1000;
  const counted = "requestVideoFrameCallback" in video ? frames / seconds : Number.NaN;
  const told = (video.srcObject as MediaStream).getVideoTracks()[0]?.getSettings().frameRate;
  return {
    width: video.videoWidth,
    height: video.videoHeight,
    framesPerSecond: Number.isNaN(counted) ? (told ?? 0) : counted,
    brightest,
    moves,
  };
}

const NOTHING = new Uint8ClampedArray(0);

/** A camera takes a second to open its eyes; one that shows nothing by then is black. */
async function firstPicture(video: HTMLVideoElement): Promise<void> {
  for (let waited = 0; waited < 3000; waited += 50) {
    if (video.videoWidth > 2 && video.readyState >= 2) break;
    await pause(50);
  }
  await pause(300);
}

export interface MicrophoneExamination {
  readonly result: CheckResult;
  /** What was said meanwhile, to play back; `undefined` where the browser does not record. */
  readonly recording: Blob | undefined;
}

const LISTEN_MS = 3000;

/** Asks for the microphone and listens for three seconds; `show` gets how loud it is, 0 to 1. */
export async function examineMicrophone(
  show: (level: number) => void = () => {},
  { signal }: DeviceOptions = {},
): Promise<MicrophoneExamination> {
  // What the browser does to the sound would hide what the microphone does.
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const { tracks, faults } = await acquire({ audio: plain }, browserDevices());
  const track = tracks.audio;
  if (track === undefined) {
    return {
      result: checkNoDevice("microphone", faults.audio ?? "unknown"),
      recording: undefined,
    };
  }
  const stream = new MediaStream([track]);
  const recorder = startRecorder(stream);
  try {
    const sound = await listen(stream, show, signal);
    return { result: checkMicrophone(sound), recording: await recorder?.stop() };
  } finally {
    track.stop();
  }
}

async function listen(
  stream: MediaStream,
  show: (level: number) => void,
  signal: AbortSignal | undefined,
) {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 4096 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let [peak, clipped, heard] = [0, 0, 0];
  try {
    await Promise.race([context.resume(), pause(1000)]);
    const start = performance.now();
    while (performance.now() - start < LISTEN_MS && !signal?.aborted) {
      await pause(80);
      analyser.getFloatTimeDomainData(samples);
      for (const sample of samples) {
        const loud = Math.abs(sample);
        peak = Math.max(peak, loud);
        if (loud >= FULL_SCALE) clipped += 1;
      }
      heard += samples.length;
      show(levelOf(samples));
    }
    return { peak, clipped: heard > 0 ? clipped / heard : 0 };
  } finally {
    await context.close();
  }
}

/** Converters end a little below 1. */
const FULL_SCALE = 0.99;

function startRecorder(stream: MediaStream): { stop(): Promise<Blob | undefined> } | undefined {
  if (typeof MediaRecorder === "undefined") return undefined;
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.start();
  return {
    stop: () =>
      new Promise((resolve) => {
        recorder.onstop = () => resolve(new Blob(parts, { type: recorder.mimeType }));
        recorder.stop();
      }),
  };
}

/** Plays a short tone through the speaker. Whether it was heard only the person can say: see `checkSpeaker`. */
export async function playTone(): Promise<void> {
  const context = new AudioContext();
  const gain = new GainNode(context, { gain: 0 });
  const tone = new OscillatorNode(context, { frequency: 440 });
  tone.connect(gain).connect(context.destination);
  const { currentTime: now } = context;
  gain.gain.linearRampToValueAtTime(0.3, now + 0.05);
  gain.gain.setValueAtTime(0.3, now + 0.75);
  gain.gain.linearRampToValueAtTime(0, now + 0.9);
  tone.start();
  await pause(1000);
  await context.close();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
