import {
  BlobSource,
  BufferTarget,
  Conversion,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
  StreamTarget,
  WEBM,
  WebMOutputFormat,
} from "mediabunny";
import type { Container } from "./format.ts";

/**
 * Writes a recording again, packet by packet and without encoding anything, so that it has what
 * `MediaRecorder` leaves out: its duration, and the places that one can jump to.
 */
export async function remux(
  recorded: Blob,
  container: Container,
  to: FileSystemFileHandle | undefined,
): Promise<Blob> {
  const stream = await to?.createWritable();
  const target =
    stream === undefined ? new BufferTarget() : new StreamTarget(stream, { chunked: true });
  const input = new Input({ source: new BlobSource(recorded), formats: [WEBM, MP4] });
  const format =
    container === "webm" ? new WebMOutputFormat() : new Mp4OutputFormat({ fastStart: false });
  try {
    const conversion = await Conversion.init({
      input,
      output: new Output({ format, target }),
      copy: { mode: "forced", shiftTolerance: Number.POSITIVE_INFINITY },
      showWarnings: false,
    });
    await conversion.execute();
  } catch (error) {
    await stream?.abort().catch(() => {});
    throw error;
  } finally {
    input.dispose();
  }
  const type = recorded.type;
  if (target instanceof BufferTarget)
    return new Blob([target.buffer ?? new ArrayBuffer(0)], { type });
  const file = await (to as FileSystemFileHandle).getFile();
  return file.slice(0, file.size, type);
}

/** How long a file says that it lasts, in seconds. */
export async function durationOf(file: Blob): Promise<number> {
  const input = new Input({ source: new BlobSource(file), formats: [WEBM, MP4] });
  try {
    return await input.computeDuration();
  } finally {
    input.dispose();
  }
}
