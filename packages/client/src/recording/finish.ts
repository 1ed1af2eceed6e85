import type { RecordingParts } from "./store.ts";

/** A recording that is done. */
export interface RecordedFile {
  readonly name: string;
  /** The MIME type, without codecs. */
  readonly type: string;
  readonly startedAtMs: number;
  readonly durationSeconds: number | undefined;
  /** False when only the raw parts could be saved: players show it, but may not jump in it. */
  readonly seekable: boolean;
  /** On disk where the store is; good for as long as the page is open, or until `discard`. */
  readonly blob: Blob;
  /** Gives back the room that it takes in the store. To be called once it is saved elsewhere. */
  discard(): Promise<void>;
}

/**
 * Makes a file that one can jump in out of the parts of a recording: written to `to`, which a save
 * picker answered, or beside the parts. Also for what `leftovers` found after a crash.
 */
export async function finishRecording(
  parts: RecordingParts,
  to?: FileSystemFileHandle,
): Promise<RecordedFile> {
  const { name, mimeType, startedAtMs } = parts.info;
  const [type = mimeType] = mimeType.split(";");
  const recorded = await parts.blob();
  const file = { name, type, startedAtMs, discard: () => parts.remove() };
  try {
    const { remux, durationOf } = await import("./remux.ts");
    const container = type.endsWith("mp4") ? "mp4" : "webm";
    const typed = recorded.slice(0, recorded.size, type);
    const blob = await remux(typed, container, to ?? (await parts.output()));
    return { ...file, blob, durationSeconds: await durationOf(blob), seekable: true };
  } catch {
    if (to !== undefined) await copy(recorded, to);
    return { ...file, blob: recorded, durationSeconds: undefined, seekable: false };
  }
}

async function copy(recorded: Blob, to: FileSystemFileHandle): Promise<void> {
  await recorded.stream().pipeTo(await to.createWritable());
}
