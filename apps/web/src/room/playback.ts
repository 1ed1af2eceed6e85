import { type Accessor, createSignal, onCleanup } from "solid-js";

/** Plays remote pictures and sound, and knows when the browser wants a tap first (autoplay refusal). */
export interface Playback {
  readonly refused: Accessor<boolean>;
  play(element: HTMLMediaElement): void;
  /** Tries all again, inside of a tap. */
  resume(): void;
}

/** Playback for one call; ends with the component that calls it. */
export function createPlayback(): Playback {
  const [waiting, setWaiting] = createSignal<ReadonlySet<HTMLMediaElement>>(new Set());
  const play = (element: HTMLMediaElement): void => {
    element.play().then(
      () => setWaiting((set) => new Set([...set].filter((one) => one !== element))),
      (error: unknown) => {
        // Other failures (a stream that was replaced meanwhile) come with another play of their own.
        if (error instanceof DOMException && error.name === "NotAllowedError") {
          setWaiting((set) => new Set(set).add(element));
        }
      },
    );
  };
  // A phone call, or a page that was frozen, leaves elements that wait to be played again.
  const goOn = (): void => {
    if (document.hidden) return;
    for (const video of document.querySelectorAll("video")) if (video.paused) play(video);
  };
  document.addEventListener("visibilitychange", goOn);
  onCleanup(() => document.removeEventListener("visibilitychange", goOn));
  return {
    refused: () => [...waiting()].some((element) => element.isConnected),
    play,
    resume: () => waiting().forEach(play),
  };
}
