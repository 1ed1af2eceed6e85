/**
 * Makes sound from afar flow: Chromium gives it to WebAudio and `MediaRecorder` only while an element
 * plays it, be it silently. Answers the function that ends it.
 */
export function pullSound(track: MediaStreamTrack): () => void {
  const element = new Audio();
  Object.assign(element, { muted: true, srcObject: new MediaStream([track]) });
  element.play().catch(() => {});
  return () => {
    element.srcObject = null;
  };
}
