/** Finds out why calls fail, from this browser. See README.md, "Doctor". */
export {
  CHECKS,
  type CheckId,
  type CheckResult,
  checkSpeaker,
  type DirectCall,
  reachVerdict,
  redactedReport,
  spell,
  tellFact,
  type Verdict,
  type Words,
  wordsOf,
} from "@tincan/doctor";
export { type Examination, type ExamineOptions, examine } from "./examine.ts";
export {
  type DeviceOptions,
  examineCamera,
  examineMicrophone,
  type MicrophoneExamination,
  playTone,
} from "./examine-devices.ts";
export {
  type GatheredCandidate,
  type GatheringError,
  type GatheringEvent,
  type GatherOptions,
  gather,
} from "./gather.ts";
export type { MatrixCell } from "./matrix.ts";
