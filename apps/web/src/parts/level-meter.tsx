import { meterLevel } from "@tincan/client/devices";
import { createEffect, createSignal, type JSX, on, onCleanup } from "solid-js";
import { t } from "../i18n/translate.ts";

/** A bar that rises with the voice. */
export function LevelMeter(props: { readonly track: MediaStreamTrack | undefined }): JSX.Element {
  const [level, setLevel] = createSignal(0);
  createEffect(
    on(
      () => props.track,
      (track) => {
        setLevel(0);
        if (track !== undefined) onCleanup(meterLevel(track, setLevel));
      },
    ),
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers draw their own <meter> too differently
    <div
      class="meter"
      role="meter"
      aria-label={t("lobby.level")}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow={Math.round(level() * 10) * 10}
    >
      <div class="meter-bar" style={{ "--level": level().toFixed(3) }} />
    </div>
  );
}
