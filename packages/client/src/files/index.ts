/** Files between the peers of a call. See README.md. */
export { droppedFiles } from "./dropped-files.ts";
export type { FileSink, OpenSink } from "./file-sink.ts";
export { type FileSource, fileSource } from "./file-source.ts";
export { Files, type FilesEvents, type FilesOptions, type Guard } from "./files.ts";
export { BLOCK_BYTES, MAX_FILES } from "./limits.ts";
export type { FileInfo } from "./messages.ts";
export { safePath } from "./path.ts";
export { saveAs, saveInto } from "./sinks/disk.ts";
export { downloadThrough, registerDownloads } from "./sinks/download.ts";
export { MemoryFiles } from "./sinks/memory.ts";
export { PrivateFolder } from "./sinks/private-folder.ts";
export type {
  IncomingTransfer,
  Received,
  Transfer,
  TransferEnd,
  TransferEvents,
  TransferReason,
  TransferState,
} from "./transfer.ts";
export { hashBlocks, type TreeHash } from "./tree-hash.ts";
