import type { MediaKind } from "../call/publication.ts";
import type {
  CandidateSnapshot,
  CodecSnapshot,
  ConnectionSnapshot,
  ReceivedTrack,
  SentTrack,
} from "./snapshot.ts";
import { Change, type Report, type Stat, share } from "./stat.ts";

/** What a report says without knowing the call. */
export interface ReportReading {
  readonly connection: ConnectionSnapshot | undefined;
  readonly sent: readonly SentTrack[];
  readonly received: readonly ReceivedTrack[];
}

/** Tells what a track shows. */
export type SourceOf = (trackId: string | undefined) => string | undefined;

/** Reads a report; rates are those since the report before. */
export function readReport(
  report: Report,
  before: Report | undefined,
  sourceOf: SourceOf = () => undefined,
): ReportReading {
  return {
    connection: readConnection(report, before),
    sent: report.all("outbound-rtp").flatMap((rtp) => {
      const kind = kindOf(rtp);
      return kind === undefined ? [] : [readSent(rtp, kind, report, before, sourceOf)];
    }),
    received: report.all("inbound-rtp").flatMap((rtp) => {
      const kind = kindOf(rtp);
      return kind === undefined ? [] : [readReceived(rtp, kind, report, before, sourceOf)];
    }),
  };
}

function readSent(
  rtp: Stat,
  kind: MediaKind,
  report: Report,
  before: Report | undefined,
  sourceOf: SourceOf,
): SentTrack {
  const change = new Change(rtp, before);
  const source = report.get(rtp.text("mediaSourceId"));
  const remote = report.get(rtp.text("remoteId"));
  const trackId = source?.text("trackIdentifier");
  return {
    direction: "sent",
    ...trackOf(rtp, kind, report, change),
    trackId,
    source: sourceOf(trackId),
    bitrateBps: bits(change.rate("bytesSent")),
    bytes: rtp.number("bytesSent"),
    packets: rtp.number("packetsSent"),
    packetsLost: remote?.number("packetsLost"),
    lossRatio: remote?.number("fractionLost"),
    jitterMs: remote?.ms("jitter"),
    rttMs: remote?.ms("roundTripTime"),
    keyFrames: rtp.number("keyFramesEncoded"),
    audioLevel: source?.number("audioLevel"),
    encoder: rtp.text("encoderImplementation"),
    powerEfficient: rtp.flag("powerEfficientEncoder"),
    targetBitrateBps: rtp.number("targetBitrate"),
    framesSent: rtp.number("framesSent"),
    retransmittedPackets: rtp.number("retransmittedPacketsSent"),
    qualityLimitation: oneOf(rtp.text("qualityLimitationReason"), LIMITATIONS),
    sourceHeight: source?.number("height"),
    sourceFps: source?.number("framesPerSecond"),
    active: rtp.flag("active"),
    echoReturnLossDb: source?.number("echoReturnLoss"),
    echoReturnLossEnhancementDb: source?.number("echoReturnLossEnhancement"),
  };
}

function readReceived(
  rtp: Stat,
  kind: MediaKind,
  report: Report,
  before: Report | undefined,
  sourceOf: SourceOf,
): ReceivedTrack {
  const change = new Change(rtp, before);
  const trackId = rtp.text("trackIdentifier");
  const lost = change.of("packetsLost");
  const got = change.of("packetsReceived");
  const silent = change.of("silentConcealedSamples") ?? 0;
  const concealed = change.of("concealedSamples");
  const made = concealed === undefined ? undefined : Math.max(0, concealed - silent);
  const delay = change.ratio("jitterBufferDelay", "jitterBufferEmittedCount");
  return {
    direction: "received",
    ...trackOf(rtp, kind, report, change),
    trackId,
    source: sourceOf(trackId),
    bitrateBps: bits(change.rate("bytesReceived")),
    bytes: rtp.number("bytesReceived"),
    packets: rtp.number("packetsReceived"),
    packetsLost: rtp.number("packetsLost"),
    lossRatio: share(lost, lost === undefined || got === undefined ? undefined : lost + got),
    jitterMs: rtp.ms("jitter"),
    keyFrames: rtp.number("keyFramesDecoded"),
    audioLevel: rtp.number("audioLevel"),
    decoder: rtp.text("decoderImplementation"),
    powerEfficient: rtp.flag("powerEfficientDecoder"),
    framesDecoded: rtp.number("framesDecoded"),
    framesDropped: rtp.number("framesDropped"),
    jitterBufferDelayMs: delay === undefined ? undefined : delay * 1000,
    concealedRatio: share(made, change.of("totalSamplesReceived")),
    concealedSamples: rtp.number("concealedSamples"),
    freezeCount: rtp.number("freezeCount"),
    frozenRatio: clamp(change.rate("totalFreezesDuration")),
    idle: got === 0,
  };
}

/** What both directions have in the same place. */
function trackOf(rtp: Stat, kind: MediaKind, report: Report, change: Change) {
  return {
    id: rtp.id,
    kind,
    mid: rtp.text("mid"),
    ssrc: rtp.number("ssrc"),
    codec: codecOf(report.get(rtp.text("codecId"))),
    width: rtp.number("frameWidth"),
    height: rtp.number("frameHeight"),
    fps: rtp.number("framesPerSecond") ?? change.rate("framesDecoded") ?? change.rate("framesSent"),
    nackCount: rtp.number("nackCount"),
    pliCount: rtp.number("pliCount"),
  };
}

function readConnection(
  report: Report,
  before: Report | undefined,
): ConnectionSnapshot | undefined {
  const [transport] = report.all("transport");
  const pair = report.get(transport?.text("selectedCandidatePairId")) ?? selectedPair(report);
  if (pair === undefined) return undefined;
  const local = candidateOf(report.get(pair.text("localCandidateId")));
  const remote = candidateOf(report.get(pair.text("remoteCandidateId")));
  // Of the pair where there is no transport (Firefox before 124).
  const change = new Change(transport ?? pair, before);
  return {
    local,
    remote,
    relay: relayOf(local, remote),
    rttMs: pair.ms("currentRoundTripTime"),
    availableOutgoingBps: pair.number("availableOutgoingBitrate"),
    sentBps: bits(change.rate("bytesSent")),
    receivedBps: bits(change.rate("bytesReceived")),
    dtlsState: transport?.text("dtlsState"),
    tlsVersion: transport?.text("tlsVersion"),
    dtlsCipher: transport?.text("dtlsCipher"),
    srtpCipher: transport?.text("srtpCipher"),
  };
}

function selectedPair(report: Report): Stat | undefined {
  return report
    .all("candidate-pair")
    .find((pair) => pair.flag("nominated") && pair.text("state") === "succeeded");
}

function candidateOf(candidate: Stat | undefined): CandidateSnapshot | undefined {
  if (candidate === undefined) return undefined;
  return {
    type: oneOf(candidate.text("candidateType"), CANDIDATE_TYPES),
    protocol: candidate.text("protocol"),
    relayProtocol: candidate.text("relayProtocol"),
    address: candidate.text("address") ?? candidate.text("ip"),
    port: candidate.number("port"),
    networkType: candidate.text("networkType"),
    url: candidate.text("url"),
  };
}

function relayOf(
  local: CandidateSnapshot | undefined,
  remote: CandidateSnapshot | undefined,
): ConnectionSnapshot["relay"] {
  if (local?.type === undefined || remote?.type === undefined) return undefined;
  if (local.type === "relay") return remote.type === "relay" ? "both" : "ours";
  return remote.type === "relay" ? "theirs" : "none";
}

function codecOf(codec: Stat | undefined): CodecSnapshot | undefined {
  const mimeType = codec?.text("mimeType");
  if (codec === undefined || mimeType === undefined) return undefined;
  return {
    mimeType,
    payloadType: codec.number("payloadType"),
    clockRate: codec.number("clockRate"),
    channels: codec.number("channels"),
    parameters: codec.text("sdpFmtpLine"),
  };
}

function kindOf(rtp: Stat): MediaKind | undefined {
  return oneOf(rtp.text("kind"), ["audio", "video"]);
}

function oneOf<Word extends string>(
  text: string | undefined,
  words: readonly Word[],
): Word | undefined {
  return words.find((word) => word === text);
}

function bits(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes * 8;
}

function clamp(ratio: number | undefined): number | undefined {
  return ratio === undefined ? undefined : Math.min(1, ratio);
}

const LIMITATIONS = ["none", "cpu", "bandwidth", "other"] as const;
const CANDIDATE_TYPES = ["host", "srflx", "prflx", "relay"] as const;
