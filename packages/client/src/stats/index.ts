/** How a call is: statistics, quality, and less picture on weak links. See README.md, "Connection". */
export {
  CallStats,
  type CallStatsEvents,
  type CallStatsOptions,
  type ExportOptions,
} from "./call-stats.ts";
export { DEGRADE_STEPS, Degrader, type DegradeStep, type LinkSample } from "./degrader.ts";
export type { HistoryColumns, HistoryPoint } from "./history.ts";
export { type Quality, type QualityLevel, type QualityReason, qualityOf } from "./quality.ts";
export type {
  CandidateSnapshot,
  CodecSnapshot,
  ConnectionSnapshot,
  PeerSnapshot,
  ReceivedTrack,
  SentTrack,
} from "./snapshot.ts";
export { WeakLinks, type WeakLinksEvents } from "./weak-links.ts";
