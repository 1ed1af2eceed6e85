import type { Call } from "@tincan/client";
import { canShareScreen, type ScreenShare, shareScreen } from "@tincan/client/screen";
import { type Accessor, createSignal, onCleanup } from "solid-js";

/** One's own screen, shared beside the camera. */
export interface ScreenModel {
  /** False on phones, whose browsers share no screens. */
  readonly offered: boolean;
  readonly on: Accessor<boolean>;
  /** Whether sound goes with it. */
  readonly withSound: Accessor<boolean>;
  /** Asks what to share, inside of a click or a key, or stops. */
  toggle(): Promise<void>;
}

/** Screen sharing of a call; it ends with the component that calls it. */
export function createScreenModel(
  call: Call,
  tell: (happening: "started" | "stopped" | "failed") => void,
): ScreenModel {
  const [share, setShare] = createSignal<ScreenShare>();
  let asking = false;
  const ended = new AbortController();
  onCleanup(() => ended.abort());

  const start = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      const started = await shareScreen(call, { signal: ended.signal });
      started.on("ended", () => {
        setShare(undefined);
        if (!ended.signal.aborted) tell("stopped");
      });
      setShare(started);
      tell("started");
    } catch (error) {
      // Closing the browser's dialog without a choice is no failure.
      if (!ended.signal.aborted && codeOf(error) !== "aborted") tell("failed");
    } finally {
      asking = false;
    }
  };

  return {
    offered: canShareScreen(),
    on: () => share() !== undefined,
    withSound: () => share()?.hasAudio === true,
    async toggle() {
      const now = share();
      if (now === undefined) await start();
      else now.stop();
    },
  };
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
