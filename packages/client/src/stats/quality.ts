import type { PeerConnectionState } from "../peer/peer.ts";
import type { ReportReading } from "./read-report.ts";

/** From 5, nothing to complain of, to 1, hardly to be used. */
export type QualityLevel = 1 | 2 | 3 | 4 | 5;

/** What makes it no better; `none` where nothing does. */
export type QualityReason =
  | "none"
  | "connecting"
  | "interrupted"
  | "round-trip"
  | "loss-sent"
  | "loss-received"
  | "jitter"
  | "concealed-audio"
  | "frozen-picture"
  | "cpu"
  | "bandwidth";

/** How good a connection is, and what it suffers from. */
export interface Quality {
  readonly level: QualityLevel;
  readonly reason: QualityReason;
}

/** Judges what a report says; the worst of all counts. */
export function qualityOf(state: PeerConnectionState, reading: ReportReading): Quality {
  if (state === "connecting") return { level: 1, reason: "connecting" };
  if (state !== "connected") return { level: 1, reason: "interrupted" };
  const { connection, sent, received } = reading;
  const worst = (values: readonly (number | undefined)[]) =>
    Math.max(0, ...values.map((value) => value ?? 0));
  const judged: Quality[] = [
    judge("round-trip", worst([connection?.rttMs])),
    judge("loss-sent", worst(sent.map(({ lossRatio }) => lossRatio))),
    judge("loss-received", worst(received.map(({ lossRatio }) => lossRatio))),
    judge("jitter", worst(received.map(({ kind, jitterMs }) => (kind === "audio" ? jitterMs : 0)))),
    judge("concealed-audio", worst(received.map(({ concealedRatio }) => concealedRatio))),
    judge("frozen-picture", worst(received.map(({ frozenRatio }) => frozenRatio))),
    ...sent.map(limited),
  ];
  return judged.reduce((a, b) => (b.level < a.level ? b : a), { level: 5, reason: "none" });
}

/** Shows what gets worse at once, and what gets better when it has been so for some samples: bars that flicker tell nothing. */
export class QualityTrend {
  #shown: Quality = { level: 1, reason: "connecting" };
  #better = 0;

  update(quality: Quality): Quality {
    const waits = this.#shown.reason !== "connecting" && this.#shown.reason !== "interrupted";
    if (quality.level > this.#shown.level && waits) {
      this.#better += 1;
      if (this.#better < SAMPLES_TO_RISE) return this.#shown;
    }
    this.#better = 0;
    this.#shown = quality;
    return quality;
  }
}

type Measured = keyof typeof LIMITS;

function judge(reason: Measured, value: number): Quality {
  const index = LIMITS[reason].findIndex((limit) => value <= limit);
  const level = (index < 0 ? 1 : 5 - index) as QualityLevel;
  return { level, reason };
}

/** A picture that is smaller than it could be is still a picture; less than half as high is worse. */
function limited(track: ReportReading["sent"][number]): Quality {
  const { qualityLimitation: reason, height, sourceHeight, active } = track;
  if ((reason !== "cpu" && reason !== "bandwidth") || active === false) {
    return { level: 5, reason: "none" };
  }
  const small = height !== undefined && sourceHeight !== undefined && height * 2 < sourceHeight;
  return { level: small ? 3 : 4, reason };
}

/**
 * Up to which value it is level 5, 4, 3 and 2. Round trips after ITU-T G.114 (150 ms one way is what
 * nobody notices, 400 ms the most for a conversation); loss and concealment after what Opus
 * hides; the others from listening and looking.
 */
const LIMITS = {
  "round-trip": [200, 300, 500, 800],
  "loss-sent": [0.01, 0.03, 0.07, 0.15],
  "loss-received": [0.01, 0.03, 0.07, 0.15],
  jitter: [20, 40, 80, 150],
  "concealed-audio": [0.01, 0.03, 0.08, 0.2],
  "frozen-picture": [0.02, 0.08, 0.2, 0.4],
} as const;

const SAMPLES_TO_RISE = 3;
