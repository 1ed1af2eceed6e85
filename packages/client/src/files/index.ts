/** Files between the peers of a call. See README.md. */
export { droppedFiles } from "./dropped-files.ts";
export type { FileSink, OpenSink } from "./file-sink.ts";
export { type FileSource, fileSource } from "./file-source.ts";
export { Files, type FilesEvents } from "./files.ts";
export type { FileInfo } from "./messages.ts";
export { safePath } from "./path.ts";
export { saveAs, saveInto } from "./sinks/disk.ts";
export { downloadThrough, registerDownloads } from "./sinks/download.ts";
export { MemoryFiles } from "./sinks/memory.ts";
export { PrivateFolder } from "./sinks/private-folder.ts";
export type {
  IncomingTransfer,
  Transfer,
  TransferEnd,
  TransferEvents,
  TransferReason,
  TransferState,
} from "./transfer.ts";
