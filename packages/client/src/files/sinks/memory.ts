import type { FileSink, OpenSink } from "../file-sink.ts";

/** Keeps small files in memory, as blobs; what goes beyond `maxBytes` in all ends the transfer with `sink`. */
export class MemoryFiles {
  readonly #maxBytes: number;
  readonly #blobs = new Map<number, Blob>();
  #bytes = 0;

  constructor(maxBytes: number = 64 * 1024 * 1024) {
    this.#maxBytes = maxBytes;
  }

  /** For `IncomingTransfer.accept`. */
  readonly open: OpenSink = async ({ type }, index): Promise<FileSink> => {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    return {
      write: async (bytes) => {
        if (this.#bytes + bytes.length > this.#maxBytes) {
          throw new RangeError(`No more than ${this.#maxBytes} bytes are kept in memory.`);
        }
        this.#bytes += bytes.length;
        length += bytes.length;
        parts.push(bytes.slice());
      },
      close: async () => {
        this.#blobs.set(index, new Blob(parts, { type: type ?? "application/octet-stream" }));
      },
      abort: async () => {
        this.#bytes -= length;
        parts.length = 0;
      },
    };
  };

  /** A file that has arrived as a whole. */
  blob(index: number): Blob | undefined {
    return this.#blobs.get(index);
  }
}
