/** What can be told of the way to one peer, since the moment before. */
export interface LinkSample {
  /** The worst of what we send, as the peer reports it, 0 to 1. */
  readonly lossRatio: number | undefined;
  readonly rttMs: number | undefined;
  /** What the browser thinks that the way can carry. */
  readonly availableBps: number | undefined;
  /** Whether the browser says that bandwidth keeps the picture from being better. */
  readonly limited: boolean;
}

/** How the picture is sent at one step. */
export interface DegradeStep {
  /** Undefined is without a limit of ours. */
  readonly maxBitrateBps: number | undefined;
  /** Width and height are divided by this. */
  readonly scaleDownBy: number;
  readonly maxFrameRate: number | undefined;
  /** False keeps the picture back, so that the voice has the way for itself. */
  readonly video: boolean;
  /** With less than this the next step is taken. */
  readonly needsBps: number;
}

/** From the whole picture to none. */
export const DEGRADE_STEPS: readonly DegradeStep[] = [
  {
    maxBitrateBps: undefined,
    scaleDownBy: 1,
    maxFrameRate: undefined,
    video: true,
    needsBps: 600_000,
  },
  { maxBitrateBps: 500_000, scaleDownBy: 1.5, maxFrameRate: 24, video: true, needsBps: 300_000 },
  { maxBitrateBps: 250_000, scaleDownBy: 2, maxFrameRate: 15, video: true, needsBps: 150_000 },
  { maxBitrateBps: 120_000, scaleDownBy: 4, maxFrameRate: 10, video: true, needsBps: 90_000 },
  { maxBitrateBps: 50_000, scaleDownBy: 4, maxFrameRate: 5, video: false, needsBps: 0 },
];

/**
 * Decides how much picture a way can carry: one step down when it has been bad for some seconds, one
 * up when it has been good for longer. A step up that fails makes the next attempt wait twice as
 * long, so that a way that is just too weak does not swing to and fro.
 */
export class Degrader {
  readonly #steps: number;
  #index = 0;
  #begun: number | undefined;
  #badSince: number | undefined;
  #goodSince: number | undefined;
  #roseAt: number | undefined;
  #holdMs = FIRST_HOLD_MS;
  #lowRttMs = Number.POSITIVE_INFINITY;

  constructor() {
    this.#steps = DEGRADE_STEPS.length;
  }

  /** The index in `DEGRADE_STEPS`; 0 is everything. */
  get index(): number {
    return this.#index;
  }

  get step(): DegradeStep {
    return DEGRADE_STEPS[this.#index] as DegradeStep;
  }

  /** Takes how the way is; answers whether the step is another one now. */
  update(sample: LinkSample, nowMs: number): boolean {
    this.#begun ??= nowMs;
    if (sample.rttMs !== undefined) {
      // Forgets slowly, as ways change.
      this.#lowRttMs = Math.min(this.#lowRttMs * 1.01, sample.rttMs);
    }
    const link = this.#judge(sample);
    if (link !== "bad") this.#badSince = undefined;
    if (link !== "good") this.#goodSince = undefined;
    if (this.#roseAt !== undefined && nowMs - this.#roseAt > PROVEN_MS) {
      this.#roseAt = undefined;
      this.#holdMs = FIRST_HOLD_MS;
    }
    if (link === "bad") return this.#suffer(nowMs);
    return link === "good" && this.#enjoy(nowMs);
  }

  #judge({ lossRatio, rttMs, availableBps, limited }: LinkSample): "good" | "fair" | "bad" {
    const extraRttMs = rttMs === undefined ? 0 : rttMs - this.#lowRttMs;
    const scarce = limited && availableBps !== undefined && availableBps < this.step.needsBps;
    if (scarce || (lossRatio ?? 0) > BAD_LOSS || extraRttMs > BAD_RTT_MS) return "bad";
    // What is not known is no reason to send more.
    if (lossRatio === undefined && rttMs === undefined) return "fair";
    // Nor is a way that is full with what it gets now.
    const limitBps = this.step.maxBitrateBps ?? 0;
    if (limited && availableBps !== undefined && availableBps < limitBps) return "fair";
    return (lossRatio ?? 0) <= GOOD_LOSS && extraRttMs <= GOOD_RTT_MS ? "good" : "fair";
  }

  #suffer(nowMs: number): boolean {
    this.#badSince ??= nowMs;
    // Browsers begin low and find out within seconds what a way can carry.
    const warm = nowMs - (this.#begun ?? nowMs) >= WARM_UP_MS;
    if (!warm || nowMs - this.#badSince < BAD_MS || this.#index === this.#steps - 1) return false;
    if (this.#roseAt !== undefined) {
      this.#holdMs = Math.min(MOST_HOLD_MS, this.#holdMs * 2);
      this.#roseAt = undefined;
    }
    this.#index += 1;
    this.#badSince = nowMs;
    return true;
  }

  #enjoy(nowMs: number): boolean {
    this.#goodSince ??= nowMs;
    if (this.#index === 0 || nowMs - this.#goodSince < this.#holdMs) return false;
    this.#index -= 1;
    this.#goodSince = nowMs;
    this.#roseAt = nowMs;
    return true;
  }
}

const BAD_LOSS = 0.1;
const GOOD_LOSS = 0.03;

/** Above the shortest round trip seen: that much waits in a queue on the way. */
const BAD_RTT_MS = 500;
const GOOD_RTT_MS = 200;

const WARM_UP_MS = 8_000;
const BAD_MS = 4_000;

/** How long it has to be good for a step up; doubled after each that failed. */
const FIRST_HOLD_MS = 8_000;
const MOST_HOLD_MS = 128_000;

/** A step up that lasted this long has not failed. */
const PROVEN_MS = 20_000;
