/** What counts as speech. */
export interface SpeakingOptions {
  /** From which level on (0 to 1, as `levelOf` has it) somebody speaks; 0.45 unless told, which is -33 dB. */
  readonly threshold?: number;
  /** How long it has to be that loud, so that a cough does not count; 100 ms unless told. */
  readonly attackMs?: number;
  /** How long somebody goes on to speak after the last loud moment; 700 ms unless told. */
  readonly holdMs?: number;
}

/** Tells from levels whether somebody speaks: begins after a moment, ends after a pause. */
export class SpeakingDetector {
  readonly #threshold: number;
  readonly #attackMs: number;
  readonly #holdMs: number;
  #loudSince: number | undefined;
  #lastLoud = Number.NEGATIVE_INFINITY;
  #speaking = false;

  constructor(options: SpeakingOptions = {}) {
    const { threshold = 0.45, attackMs = 100, holdMs = 700 } = options;
    this.#threshold = threshold;
    this.#attackMs = attackMs;
    this.#holdMs = holdMs;
  }

  get speaking(): boolean {
    return this.#speaking;
  }

  /** Takes the level of a moment; answers whether somebody speaks. Silence has to be told, too. */
  update(level: number, nowMs: number): boolean {
    // Who speaks already goes on with less: words end softly.
    const threshold = this.#speaking ? this.#threshold * SOFTER : this.#threshold;
    if (level < threshold) {
      this.#loudSince = undefined;
      if (nowMs - this.#lastLoud > this.#holdMs) this.#speaking = false;
      return this.#speaking;
    }
    this.#loudSince ??= nowMs;
    this.#lastLoud = nowMs;
    if (nowMs - this.#loudSince >= this.#attackMs) this.#speaking = true;
    return this.#speaking;
  }
}

/** The level of `RTCInboundRtpStreamStats.audioLevel` and the like (0 to 1, linear) as `levelOf` has it. */
export function levelOfLinear(audioLevel: number): number {
  return Math.min(1, Math.max(0, (20 * Math.log10(audioLevel) + 60) / 60));
}

const SOFTER = 0.85;
