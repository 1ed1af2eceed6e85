import type { Quality } from "@tincan/client/stats";
import { For, type JSX } from "solid-js";
import { t } from "../i18n/translate.ts";

/** How good a connection is, in five bars; the words are their name. */
export function QualityBars(props: { readonly quality: Quality }): JSX.Element {
  const label = (): string => qualityWords(props.quality);
  return (
    <span
      class="quality"
      data-level={props.quality.level}
      role="img"
      aria-label={label()}
      title={label()}
    >
      <For each={[1, 2, 3, 4, 5]}>
        {(bar) => <span class="quality-bar" classList={{ "is-lit": bar <= props.quality.level }} />}
      </For>
    </span>
  );
}

/** The quality in words, with what keeps it from being better. */
export function qualityWords({ level, reason }: Quality): string {
  const words = t(`quality.${level}`);
  return reason === "none" ? words : `${words}: ${t(`quality.${reason}`)}`;
}
