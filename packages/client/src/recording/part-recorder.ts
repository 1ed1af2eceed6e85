import type { RecordingFormat } from "./format.ts";
import type { RecordingParts } from "./store.ts";

/** Why a recording has ended before it was stopped. */
export type RecorderFault = "full" | "storage" | "encoder";

export interface PartRecorderOptions {
  readonly stream: MediaStream;
  readonly format: RecordingFormat;
  readonly parts: RecordingParts;
  readonly partMs: number;
  readonly videoBitsPerSecond: number;
  readonly audioBitsPerSecond: number;
  /** A part is safe. */
  readonly onPart: (bytes: number) => void;
  readonly onFault: (fault: RecorderFault) => void;
}

/** One `MediaRecorder`, whose parts go to a store one after the other. */
export class PartRecorder {
  readonly parts: RecordingParts;
  readonly #recorder: MediaRecorder;
  readonly #options: PartRecorderOptions;
  readonly #stopped: Promise<void>;
  #written: Promise<void> = Promise.resolve();
  #queued = 0;
  #failed = false;

  constructor(options: PartRecorderOptions) {
    const { stream, format, parts, partMs, videoBitsPerSecond, audioBitsPerSecond } = options;
    this.#options = options;
    this.parts = parts;
    this.#recorder = new MediaRecorder(stream, {
      mimeType: format.mimeType,
      videoBitsPerSecond,
      audioBitsPerSecond,
    });
    this.#recorder.addEventListener("dataavailable", ({ data }) => this.#append(data));
    this.#recorder.addEventListener("error", () => this.#fail("encoder"));
    this.#stopped = new Promise((resolve) => {
      this.#recorder.addEventListener("stop", () => resolve(), { once: true });
    });
    this.#recorder.start(partMs);
  }

  pause(): void {
    if (this.#recorder.state === "recording") this.#recorder.pause();
  }

  resume(): void {
    if (this.#recorder.state === "paused") this.#recorder.resume();
  }

  /** Ends it; resolves when everything is written. */
  async stop(): Promise<void> {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    await this.#stopped;
    await this.#written;
  }

  #append(part: Blob): void {
    if (part.size === 0 || this.#failed) return;
    this.#queued += part.size;
    if (this.#queued > MAX_QUEUED) {
      this.#fail("storage");
      return;
    }
    this.#written = this.#written.then(async () => {
      try {
        if (!this.#failed) await this.parts.append(part);
        this.#options.onPart(part.size);
      } catch (error) {
        this.#fail((error as DOMException).name === "QuotaExceededError" ? "full" : "storage");
      }
      this.#queued -= part.size;
    });
  }

  #fail(fault: RecorderFault): void {
    if (this.#failed) return;
    this.#failed = true;
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    this.#options.onFault(fault);
  }
}

/** What may wait for a disk that is slower than the recording. */
const MAX_QUEUED = 64 * 1024 * 1024;
