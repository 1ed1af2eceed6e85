import downIcon from "lucide-static/icons/download.svg?raw";
import { For, type JSX, Show } from "solid-js";
import { currentLanguage, t } from "../i18n/translate.ts";
import { formatBytes } from "../room/amounts.ts";
import type { Recordings } from "../room/recordings.ts";
import { Icon } from "./icon.tsx";

/** Recordings that wait to be saved, or to be thrown away. */
export function KeptRecordings(props: { readonly recordings: Recordings }): JSX.Element {
  return (
    <div class="notices" role="status">
      <Show when={props.recordings.finishing()}>
        <p class="toast">{t("record.finishing")}</p>
      </Show>
      <For each={props.recordings.list()}>
        {({ id, name, href, bytes }) => (
          <div class="toast kept-recording">
            <p>
              {name}
              <br />
              <small>{formatBytes(bytes, currentLanguage())}</small>
            </p>
            <a class="button button-primary" href={href} download={name}>
              <Icon svg={downIcon} />
              {t("record.download")}
            </a>
            <button type="button" class="button-quiet" onClick={() => props.recordings.discard(id)}>
              {t("record.discard")}
            </button>
          </div>
        )}
      </For>
    </div>
  );
}
