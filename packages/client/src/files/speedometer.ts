/** Bytes per second over the last seconds. */
export class Speedometer {
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];

  /** Tells how many bytes there are in all now. */
  measure(bytes: number): void {
    const now = performance.now();
    const last = this.#samples.at(-1);
    if (last !== undefined && now - last.at < STEP_MS) return;
    this.#samples.push({ at: now, bytes });
    while (now - (this.#samples[0]?.at ?? now) > SPAN_MS) this.#samples.shift();
  }

  /** What was before does not count any more: it stood still, or went back. */
  reset(): void {
    this.#samples.length = 0;
  }

  get bytesPerSecond(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < STEP_MS) return 0;
    // When nothing comes any more the speed falls.
    const until = Math.max(last.at, performance.now() - STEP_MS);
    return Math.max(0, ((last.bytes - first.bytes) / (until - first.at)) * 1000);
  }
}

const SPAN_MS = 5_000;
const STEP_MS = 100;
