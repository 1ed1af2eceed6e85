import { type Accessor, createSignal } from "solid-js";

/** Plays remote pictures and sound, and knows when the browser wants a tap first (autoplay refusal). */
export interface Playback {
  readonly refused: Accessor<boolean>;
  play(element: HTMLMediaElement): void;
  /** Tries all again, inside of a tap. */
  resume(): void;
}

/** Playback for one call. */
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
  return {
    refused: () => [...waiting()].some((element) => element.isConnected),
    play,
    resume: () => waiting().forEach(play),
  };
}
