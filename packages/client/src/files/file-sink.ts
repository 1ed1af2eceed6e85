import type { FileInfo } from "./messages.ts";

/** Where a received file is written to. Each call waits for the one before, but for `abort`. */
export interface FileSink {
  /** Appends bytes that are verified; they may be used again as soon as the promise resolves. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** All is written, and the whole is verified. */
  close(): Promise<void>;
  /**
   * The rest does not come: what is written is to be thrown away. May come while another call is
   * pending, which may hang, or wait for the user; that one is to end, however it does.
   */
  abort(): Promise<void>;
}

/** Opens the sink of one file of a transfer, when its turn has come. */
export type OpenSink = (file: FileInfo, index: number) => Promise<FileSink>;
