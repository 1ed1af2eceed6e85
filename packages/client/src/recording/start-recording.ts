import "../disposable.ts";
import type { Call } from "../call/call.ts";
import { Emitter, type ListenOptions } from "../emitter.ts";
import { TincanError } from "../error.ts";
import { finishRecording, type RecordedFile } from "./finish.ts";
import { type Container, pickFormat, type RecordingFormat } from "./format.ts";
import { inputsOf, type RecordingInput } from "./inputs.ts";
import { PartRecorder, type RecorderFault } from "./part-recorder.ts";
import { PictureMixer } from "./picture-mixer.ts";
import { hasPrivateFiles, privateFileStore } from "./private-file-store.ts";
import { pullSound } from "./pull-sound.ts";
import type { Recording, RecordingEvents, RecordingOptions, RecordingState } from "./recording.ts";
import { SoundMixer } from "./sound-mixer.ts";
import { memoryStore, type RecordingStore } from "./store.ts";

/** Where recordings are kept unless told: on disk where the browser lets a page, else in memory. */
export function defaultStore(): RecordingStore {
  return hasPrivateFiles() ? privateFileStore : memoryStore();
}

/**
 * Begins to record a call. Throws a `TincanError`: `unsupported` when the browser records nothing,
 * `ended` when the call has ended.
 */
export async function startRecording(
  call: Call,
  options: RecordingOptions = {},
): Promise<Recording> {
  const recording = new RunningRecording(call, options);
  await recording.start();
  return recording;
}

class RunningRecording implements Recording {
  readonly container: Container;
  readonly #call: Call;
  readonly #options: RecordingOptions;
  readonly #store: RecordingStore;
  readonly #events = new Emitter<RecordingEvents>();
  readonly #ended = new AbortController();
  readonly #name: string;
  /** All that were ever begun, by what they record. */
  readonly #recorders = new Map<MediaStreamTrack | "mixed", PartRecorder>();
  readonly #pulled: (() => void)[] = [];
  #mixers: { readonly sound: SoundMixer; readonly picture: PictureMixer } | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #updating: Promise<void> = Promise.resolve();
  #state: RecordingState = "recording";
  #bytes = 0;
  #elapsedMs = 0;
  #since: number = performance.now();
  #files: Promise<readonly RecordedFile[]> | undefined;

  constructor(call: Call, options: RecordingOptions) {
    if (typeof MediaRecorder === "undefined") throw unsupported();
    this.container = formatFor("video", options).container;
    this.#call = call;
    this.#options = options;
    this.#store = options.store ?? defaultStore();
    this.#name = options.name ?? `${call.room} ${timeText(new Date())}`;
  }

  get state(): RecordingState {
    return this.#state;
  }

  get elapsedMs(): number {
    const running = this.#state === "recording" ? performance.now() - this.#since : 0;
    return Math.round(this.#elapsedMs + running);
  }

  get bytes(): number {
    return this.#bytes;
  }

  async start(): Promise<void> {
    const { perTrack = false, announce = true } = this.#options;
    const { signal } = this.#ended;
    if (announce) this.#call.announceRecording(true);
    this.#call.on("ended", () => this.#end("call-ended"), { signal });
    for (const event of ["peer-changed", "peer-left", "track"] as const) {
      this.#call.on(event, () => this.#update(), { signal });
    }
    this.#options.signal?.addEventListener("abort", () => this.#end("stopped"), { signal });
    try {
      if (!perTrack) await this.#startMixed();
    } catch (error) {
      this.#end("storage");
      throw error;
    }
    this.#since = performance.now();
    this.#update();
    // What we publish ourselves tells of no changes.
    this.#timer = setInterval(() => this.#update(), UPDATE_MS);
    if (this.#options.signal?.aborted) this.#end("stopped");
  }

  pause(): void {
    if (this.#state !== "recording") return;
    this.#elapsedMs = this.elapsedMs;
    this.#state = "paused";
    for (const recorder of this.#recorders.values()) recorder.pause();
  }

  resume(): void {
    if (this.#state !== "paused") return;
    this.#state = "recording";
    this.#since = performance.now();
    for (const recorder of this.#recorders.values()) recorder.resume();
  }

  stop(to?: FileSystemFileHandle | FileSystemDirectoryHandle): Promise<readonly RecordedFile[]> {
    this.#end("stopped");
    this.#files ??= this.#finish(to);
    return this.#files;
  }

  on<Name extends keyof RecordingEvents>(
    event: Name,
    listener: (detail: RecordingEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#events.on(event, listener, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #startMixed(): Promise<void> {
    const { width = 1280, height = 720, frameRate = 25 } = this.#options;
    const sound = new SoundMixer();
    const picture = new PictureMixer({ width, height, frameRate, context: sound.context });
    this.#mixers = { sound, picture };
    this.#mix();
    const stream = new MediaStream([picture.track, sound.track]);
    await this.#record("mixed", stream, "video", this.#name);
  }

  #mix(): void {
    const inputs = this.#inputs();
    this.#mixers?.sound.update(inputs);
    this.#mixers?.picture.update(inputs);
  }

  #inputs(): readonly RecordingInput[] {
    return inputsOf(this.#call, this.#options.sides ?? "all");
  }

  /** Follows who is there and what they send; one after the other. */
  #update(): void {
    if (this.#ended.signal.aborted) return;
    if (this.#mixers !== undefined) this.#mix();
    else this.#updating = this.#updating.then(() => this.#followTracks());
  }

  async #followTracks(): Promise<void> {
    for (const { name, own, screen, audio, video } of this.#inputs()) {
      for (const track of [audio, video]) {
        const isNew = track?.readyState === "live" && !this.#recorders.has(track);
        if (!isNew || this.#state === "ended" || this.#recorders.size >= MAX_FILES) continue;
        const kind = track.kind === "audio" ? "audio" : "video";
        const what = [this.#name, name || "-", screen ? "screen" : "", kind, this.#recorders.size];
        const title = what.filter((word) => word !== "").join(" ");
        if (kind === "audio" && !own) this.#pulled.push(pullSound(track));
        // A track that ends, ends its recorder by itself.
        await this.#record(track, new MediaStream([track]), kind, title).catch(() =>
          this.#end("storage"),
        );
      }
    }
  }

  async #record(
    key: MediaStreamTrack | "mixed",
    stream: MediaStream,
    kind: "audio" | "video",
    title: string,
  ): Promise<void> {
    const {
      partMs = 2_000,
      videoBitrateBps = 2_500_000,
      audioBitrateBps = 128_000,
    } = this.#options;
    const format = formatFor(kind, this.#options);
    const parts = await this.#store.create({
      name: `${title.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, "-")}.${format.container}`,
      mimeType: format.mimeType,
      startedAtMs: Date.now(),
    });
    const recorder = new PartRecorder({
      stream,
      format,
      parts,
      partMs,
      videoBitsPerSecond: videoBitrateBps,
      audioBitsPerSecond: audioBitrateBps,
      onPart: (bytes) => {
        this.#bytes += bytes;
        this.#events.emit("progress", { elapsedMs: this.elapsedMs, bytes: this.#bytes });
      },
      onFault: (fault) => this.#end(fault),
    });
    this.#recorders.set(key, recorder);
    if (this.#state === "paused") recorder.pause();
    if (this.#state === "ended") await recorder.stop();
  }

  #end(reason: "stopped" | "call-ended" | RecorderFault): void {
    if (this.#ended.signal.aborted) return;
    this.#elapsedMs = this.elapsedMs;
    this.#state = "ended";
    this.#ended.abort();
    clearInterval(this.#timer);
    if (this.#options.announce !== false) this.#call.announceRecording(false);
    this.#updating = this.#updating.then(() => this.#stopRecorders());
    this.#events.emit("ended", reason);
  }

  async #stopRecorders(): Promise<void> {
    await Promise.all(Array.from(this.#recorders.values(), (recorder) => recorder.stop()));
    for (const letGo of this.#pulled) letGo();
    this.#mixers?.picture.close();
    this.#mixers?.sound.close();
  }

  async #finish(
    to: FileSystemFileHandle | FileSystemDirectoryHandle | undefined,
  ): Promise<readonly RecordedFile[]> {
    await this.#updating;
    const files: RecordedFile[] = [];
    for (const { parts } of this.#recorders.values()) {
      const folder = to?.kind === "directory" ? (to as FileSystemDirectoryHandle) : undefined;
      const handle = await folder?.getFileHandle(parts.info.name, { create: true });
      const single = to?.kind === "file" && files.length === 0;
      files.push(await finishRecording(parts, single ? (to as FileSystemFileHandle) : handle));
    }
    this.#events.clear();
    return files;
  }
}

function formatFor(kind: "audio" | "video", options: RecordingOptions): RecordingFormat {
  const format = pickFormat(kind, (type) => MediaRecorder.isTypeSupported(type), options.container);
  if (format === undefined) throw unsupported();
  return format;
}

function unsupported(): TincanError {
  return new TincanError("unsupported", "This browser records nothing.");
}

/** As people write it and file systems take it: 2026-11-23 18.05. */
function timeText(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${two(date.getHours())}.${two(date.getMinutes())}`;
}

const UPDATE_MS = 1_000;

/** Tracks of one recording that get a file of their own. */
const MAX_FILES = 64;
