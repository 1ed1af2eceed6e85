/**
 * Keeps a context running: browsers let it sleep until somebody touches the page, phones put it to
 * sleep for a call of their own. Answers the function that ends that, and closes the context.
 */
export function keepRunning(context: AudioContext): () => void {
  const watching = new AbortController();
  const { signal } = watching;
  const resume = (): void => {
    // What cannot be now is tried again with the next tap or change.
    if (context.state !== "running") context.resume().catch(() => {});
  };
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, resume, { signal });
  document.addEventListener("visibilitychange", resume, { signal });
  context.addEventListener("statechange", resume, { signal });
  resume();
  return () => {
    watching.abort();
    void context.close();
  };
}
