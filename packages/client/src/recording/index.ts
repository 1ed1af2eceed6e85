/** Recording a call at this side, on disk while it runs. See README.md, "Recording". */
export { finishRecording, type RecordedFile } from "./finish.ts";
export type { Container } from "./format.ts";
export type { Sides } from "./inputs.ts";
export type { RecorderFault } from "./part-recorder.ts";
export { hasPrivateFiles, privateFileStore } from "./private-file-store.ts";
export type { Recording, RecordingEvents, RecordingOptions, RecordingState } from "./recording.ts";
export { defaultStore, startRecording } from "./start-recording.ts";
export {
  memoryStore,
  type RecordingInfo,
  type RecordingParts,
  type RecordingStore,
} from "./store.ts";
