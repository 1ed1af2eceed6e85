/** The file formats of recordings. */
export type Container = "webm" | "mp4";

/** What a browser records into. */
export interface RecordingFormat {
  readonly container: Container;
  /** For `MediaRecorder`, with codecs. */
  readonly mimeType: string;
}

/**
 * The first format that this browser can write: WebM where there is a choice, since it loses the least
 * when a tab crashes; MP4 when that is wanted, or in a browser that writes nothing else.
 */
export function pickFormat(
  kind: "audio" | "video",
  isSupported: (mimeType: string) => boolean,
  wanted: Container = "webm",
): RecordingFormat | undefined {
  const order: readonly Container[] = wanted === "mp4" ? ["mp4", "webm"] : ["webm", "mp4"];
  for (const container of order) {
    const mimeType = CODECS[kind][container]
      .map((codecs) => `${kind}/${container}${codecs === "" ? "" : `;codecs=${codecs}`}`)
      .find(isSupported);
    if (mimeType !== undefined) return { container, mimeType };
  }
  return undefined;
}

/** VP8 before VP9: it is encoded beside a call that encodes, too. */
const CODECS = {
  video: {
    webm: ["vp8,opus", "vp9,opus", ""],
    mp4: ["avc1.42E01F,mp4a.40.2", "avc1.42E01F,opus", ""],
  },
  audio: { webm: ["opus", ""], mp4: ["mp4a.40.2", "opus", ""] },
} as const;
