/** What is known of a recording apart from its bytes. */
export interface RecordingInfo {
  /** The name of the file that it is to become. */
  readonly name: string;
  readonly mimeType: string;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
}

/** The parts of one recording, as a `MediaRecorder` gives them. Each is safe once `append` resolves. */
export interface RecordingParts {
  readonly info: RecordingInfo;
  append(part: Blob): Promise<void>;
  /** All parts in their order. */
  blob(): Promise<Blob>;
  /** A file beside the parts to write the finished recording to; undefined where it has to be memory. */
  output(): Promise<FileSystemFileHandle | undefined>;
  /** Gives up the parts. What `output` made stays for as long as the page. */
  remove(): Promise<void>;
}

/** Where recordings are kept while they run. */
export interface RecordingStore {
  create(info: RecordingInfo): Promise<RecordingParts>;
  /** What tabs have left behind that crashed or were closed while they recorded. */
  leftovers(): Promise<readonly RecordingParts[]>;
}

/** Memory, for browsers that have nothing else. Throws a `QuotaExceededError` beyond `maxBytes`. */
export function memoryStore(maxBytes: number = 512 * 1024 * 1024): RecordingStore {
  let used = 0;
  return {
    async create(info) {
      let parts: Blob[] = [];
      let bytes = 0;
      return {
        info,
        async append(part) {
          if (used + part.size > maxBytes) {
            throw new DOMException("The recording is too large.", "QuotaExceededError");
          }
          parts.push(part);
          bytes += part.size;
          used += part.size;
        },
        blob: async () => new Blob(parts, { type: info.mimeType }),
        output: async () => undefined,
        async remove() {
          used -= bytes;
          bytes = 0;
          parts = [];
        },
      };
    },
    leftovers: async () => [],
  };
}
