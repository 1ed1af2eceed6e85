/** What can be wrong with a call server, how it is judged, and the words for it. */
export { CAUSES, type CauseId } from "./causes.ts";
export {
  CHECKS,
  type CheckId,
  type CheckResult,
  type CheckStatus,
  type Diagnosis,
  type Fact,
  fault,
  good,
  type SkipReason,
  skipped,
  warning,
} from "./check.ts";
export { checkAnnounced, type ServerPlace } from "./checks/announced.ts";
export {
  type CameraSight,
  checkCamera,
  checkMicrophone,
  checkNoDevice,
  checkSpeaker,
  type MicrophoneSound,
} from "./checks/devices.ts";
export { checkClock, checkTincan } from "./checks/health.ts";
export { checkIceServers, type HandedOut, handedOut, type TurnUrl } from "./checks/ice-servers.ts";
export {
  checkLine,
  checkThroughput,
  type LineSight,
  type ThroughputSight,
} from "./checks/line.ts";
export { isLocalHost } from "./checks/local-host.ts";
export { checkNat, isTranslated, type NatSight, stunPairIn } from "./checks/nat.ts";
export { checkSignaling, checkWebSocket } from "./checks/signaling.ts";
export { type Asked, checkTurn } from "./checks/turn.ts";
export { checkTurnPassword } from "./checks/turn-password.ts";
export type {
  Echo,
  HealthOutcome,
  PageAddress,
  SignalingOutcome,
  StunOutcome,
  TurnOutcome,
  UpgradeOutcome,
} from "./outcomes.ts";
export { redact } from "./redact.ts";
export {
  type Findings,
  redactedReport,
  reportJson,
  resultLine,
  spell,
  tellFact,
  verdictText,
} from "./report.ts";
export { type DirectCall, reachVerdict, type Verdict } from "./verdict.ts";
export {
  type CauseWords,
  fill,
  LANGUAGES,
  type Language,
  languageOf,
  type Words,
  wordsOf,
} from "./words/words.ts";
export { wrap } from "./wrap.ts";
