import type { ListenOptions } from "../emitter.ts";
import type { RecordedFile } from "./finish.ts";
import type { Container } from "./format.ts";
import type { Sides } from "./inputs.ts";
import type { RecorderFault } from "./part-recorder.ts";
import type { RecordingStore } from "./store.ts";

/** What to record, into what, and where to keep it. */
export interface RecordingOptions {
  /** Whom to record; `all` unless told. */
  readonly sides?: Sides;
  /**
   * False mixes everything into one file. True records each track as it comes, without drawing or
   * encoding anything together: a file for each, and another one when a device is swapped.
   */
  readonly perTrack?: boolean;
  /** `webm` unless told; where the browser cannot write it, the other one. */
  readonly container?: Container;
  /** Of the mixed picture: 1280, 720 and 25 unless told. */
  readonly width?: number;
  readonly height?: number;
  readonly frameRate?: number;
  /** 2,500,000 unless told. */
  readonly videoBitrateBps?: number;
  /** 128,000 unless told. */
  readonly audioBitrateBps?: number;
  /** What is lost at most when the tab crashes; 2000 unless told. */
  readonly partMs?: number;
  /** Files of the page's own unless told, else memory. */
  readonly store?: RecordingStore;
  /** Tells everybody for as long as it runs; true unless told. */
  readonly announce?: boolean;
  /** The name of the files, without an ending; the room and the time unless told. */
  readonly name?: string;
  /** Stops it when it aborts; `stop` answers the files all the same. */
  readonly signal?: AbortSignal;
}

/** What happens to a recording, for `Recording.on`. */
export interface RecordingEvents {
  /** One more part is safe. */
  readonly progress: { readonly elapsedMs: number; readonly bytes: number };
  /** Once. Nothing is recorded any more: `stopped` by us, with the call, or because something failed. */
  readonly ended: "stopped" | "call-ended" | RecorderFault;
}

/** Whether a recording runs. */
export type RecordingState = "recording" | "paused" | "ended";

/** A recording that runs. */
export interface Recording extends AsyncDisposable {
  readonly state: RecordingState;
  /** Without pauses. */
  readonly elapsedMs: number;
  /** What is safe in the store. */
  readonly bytes: number;
  readonly container: Container;
  pause(): void;
  resume(): void;
  /**
   * Ends it and makes files that one can jump in. `to` is what a save picker answered: a file for a
   * mixed recording, a folder for any.
   */
  stop(to?: FileSystemFileHandle | FileSystemDirectoryHandle): Promise<readonly RecordedFile[]>;
  on<Name extends keyof RecordingEvents>(
    event: Name,
    listener: (detail: RecordingEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void;
}
