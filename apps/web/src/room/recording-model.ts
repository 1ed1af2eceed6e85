import type { Call } from "@tincan/client";
import type { Recording, Sides } from "@tincan/client/recording";
import { type Accessor, createSignal, onCleanup } from "solid-js";
import type { Recordings } from "./recordings.ts";

/** Recording the call at this side. */
export interface RecordingModel {
  /** False where the browser records nothing. */
  readonly offered: boolean;
  readonly on: Accessor<boolean>;
  start(sides: Extract<Sides, string>): Promise<void>;
  stop(): void;
}

/** Recording of one call; what was recorded goes to `recordings` when it ends, also with the call. */
export function createRecordingModel(
  call: Call,
  recordings: Recordings,
  tell: (happening: "started" | "failed") => void,
): RecordingModel {
  const [recording, setRecording] = createSignal<Recording>();
  let starting = false;
  const finish = (ended: Recording): void => {
    if (recording() !== ended) return;
    setRecording(undefined);
    // What could not be made fit to play stays on disk, and is found again with the next visit.
    recordings.keep(ended.stop()).catch(() => tell("failed"));
  };
  onCleanup(() => {
    const now = recording();
    if (now !== undefined) finish(now);
  });
  return {
    offered: "MediaRecorder" in globalThis,
    on: () => recording() !== undefined,
    async start(sides) {
      if (starting || recording() !== undefined) return;
      starting = true;
      try {
        const { startRecording } = await import("@tincan/client/recording");
        const started = await startRecording(call, { sides });
        started.on("ended", (reason) => {
          if (reason !== "stopped" && reason !== "call-ended") tell("failed");
          finish(started);
        });
        setRecording(started);
        tell("started");
      } catch {
        tell("failed");
      } finally {
        starting = false;
      }
    },
    stop() {
      const now = recording();
      if (now !== undefined) finish(now);
    },
  };
}
