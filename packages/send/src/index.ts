/** Files between programs and pages, bound to a code. See README.md. */
export { CODE_WORDS, generateCode, parseCode, type TransferCode } from "@tincan/client/code";
export type { FileInfo, FileSource, Transfer } from "@tincan/client/files";
export { diskSources } from "./disk-sources.ts";
export { type HeadlessOptions, joinHeadless } from "./join-headless.ts";
export type { MeetingOptions, TransferNews } from "./meeting.ts";
export { type ReceiveOptions, receiveFiles } from "./receive-files.ts";
export { ReceivedFolder } from "./received-folder.ts";
export { SendError, type SendErrorCode } from "./send-error.ts";
export { type SendOptions, sendFiles } from "./send-files.ts";
export { readShareLink, type ShareDirection, shareLink } from "./share-link.ts";
export { type StoragePlace, streamPlace } from "./storage-place.ts";
