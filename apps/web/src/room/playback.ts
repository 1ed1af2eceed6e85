import { type Accessor, createSignal, onCleanup, untrack } from "solid-js";

/**
 * Plays remote pictures and sound. Where the browser wants a tap first (autoplay refusal), pictures play
 * silently until then.
 */
export interface Playback {
  /** Whether somebody cannot be heard before a tap. */
  readonly refused: Accessor<boolean>;
  play(element: HTMLMediaElement): void;
  /** Tries all again, inside of a tap. */
  resume(): void;
}

/** Playback for one call; ends with the component that calls it. */
export function createPlayback(): Playback {
  const [waiting, setWaiting] = createSignal<ReadonlySet<HTMLMediaElement>>(new Set());
  const play = (element: HTMLMediaElement): void => {
    // Whoever plays a picture in an effect does not want to do it again for this.
    if (untrack(waiting).has(element)) element.muted = false;
    element.play().then(
      () => setWaiting((set) => new Set([...set].filter((one) => one !== element))),
      (error: unknown) => {
        // Other failures (a stream that was replaced meanwhile) come with another play of their own.
        if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
        setWaiting((set) => new Set([...set].filter((one) => one.isConnected)).add(element));
        element.muted = true;
        element.play().catch(() => {});
      },
    );
  };
  // A phone call, or a page that was frozen, leaves elements that wait to be played again.
  const goOn = (): void => {
    if (document.hidden) return;
    for (const video of document.querySelectorAll("video")) if (video.paused) play(video);
  };
  // Some browsers pause what plays while the page stays in sight. Not at once: they may do it again.
  let pausedTimer: ReturnType<typeof setTimeout> | undefined;
  const goOnSoon = (): void => {
    clearTimeout(pausedTimer);
    pausedTimer = setTimeout(goOn, GO_ON_AFTER_MS);
  };
  document.addEventListener("visibilitychange", goOn);
  // Events of media do not bubble.
  document.addEventListener("pause", goOnSoon, true);
  onCleanup(() => {
    clearTimeout(pausedTimer);
    document.removeEventListener("visibilitychange", goOn);
    document.removeEventListener("pause", goOnSoon, true);
  });
  return {
    refused: () => [...waiting()].some((element) => element.isConnected),
    play,
    resume: () => waiting().forEach(play),
  };
}

const GO_ON_AFTER_MS = 500;
