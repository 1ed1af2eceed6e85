import type { FileInfo, OpenSink, Received } from "@tincan/client/files";

/** Where the files of one transfer go. */
export interface StoragePlace {
  /** What of it is there already. */
  readonly received: Received | undefined;
  readonly open: OpenSink;
  /** Where people find it, once all has come. */
  readonly names: readonly string[];
  /** What is there of it is of no use. */
  discard(): Promise<void>;
}

/** Writes one file to a stream, such as the standard output. It cannot go back: nothing is resumed after it has begun. */
export function streamPlace(
  write: (bytes: Uint8Array, done: (error?: Error | null) => void) => void,
): (files: readonly FileInfo[]) => Promise<StoragePlace> {
  return async () => ({
    received: undefined,
    names: [],
    open: async () => ({
      write: (bytes) =>
        new Promise((resolve, reject) => {
          write(bytes, (error) => (error ? reject(error) : resolve()));
        }),
      close: async () => {},
      abort: async () => {},
    }),
    discard: async () => {},
  });
}
