/**
 * Calls back so many times a second by the clock of the sound, which a hidden tab does not slow down.
 * While that clock stands still a timer does it. Answers the function that ends it.
 */
export function metronome(context: AudioContext, frameRate: number, tick: () => void): () => void {
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const schedule = (): void => {
    if (ended) return;
    if (context.state !== "running") {
      timer = setTimeout(beat, 1000 / frameRate);
      return;
    }
    const source = new ConstantSourceNode(context);
    source.addEventListener("ended", beat, { once: true });
    source.start();
    source.stop(context.currentTime + 1 / frameRate);
    // The clock may be stopped before it gets there.
    timer = setTimeout(() => {
      source.removeEventListener("ended", beat);
      beat();
    }, LATE_MS);
  };
  const beat = (): void => {
    clearTimeout(timer);
    if (ended) return;
    tick();
    schedule();
  };
  schedule();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

const LATE_MS = 500;
