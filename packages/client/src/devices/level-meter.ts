import { keepRunning } from "./keep-running.ts";

/**
 * Measures how loud a microphone is, as often as the screen is drawn; `show` gets 0 to 1.
 * Returns the function that ends it.
 */
export function meterLevel(track: MediaStreamTrack, show: (level: number) => void): () => void {
  const context = new AudioContext();
  const close = keepRunning(context);
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let shown = 0;
  let frame = requestAnimationFrame(measure);

  function measure(): void {
    analyser.getFloatTimeDomainData(samples);
    // Up at once, down slowly, as meters do.
    shown = Math.max(levelOf(samples), shown * 0.9);
    show(shown);
    frame = requestAnimationFrame(measure);
  }

  return () => {
    cancelAnimationFrame(frame);
    close();
  };
}

/** Loudness of samples between silence (-60 dB and below) and full scale. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, (db + 60) / 60));
}
