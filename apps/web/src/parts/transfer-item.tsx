import downIcon from "lucide-static/icons/download.svg?raw";
import pauseIcon from "lucide-static/icons/pause.svg?raw";
import playIcon from "lucide-static/icons/play.svg?raw";
import closeIcon from "lucide-static/icons/x.svg?raw";
import { For, type JSX, Show } from "solid-js";
import { currentLanguage, t } from "../i18n/translate.ts";
import { formatBytes } from "../room/amounts.ts";
import { formatDuration } from "../room/duration.ts";
import type { FilesModel, TransferView } from "../room/files-model.ts";
import { Icon } from "./icon.tsx";
import "./transfer-item.css";

/** One transfer in a list: what it is, how far it is, and what can be done with it. */
export function TransferItem(props: {
  readonly files: FilesModel;
  readonly view: TransferView;
  readonly nameOf: (peer: string) => string;
}): JSX.Element {
  const { files } = props;
  const { id } = props.view;
  const share = (): number =>
    props.view.size === 0 ? 1 : props.view.transferred / props.view.size;
  const asks = (): boolean =>
    props.view.direction === "in" && props.view.state === "offered" && !props.view.accepted;
  const ended = (): boolean => props.view.state === "ended";
  return (
    <li class="transfer" data-state={props.view.state} data-reason={props.view.reason}>
      <p class="transfer-name">{transferName(props.view)}</p>
      <p class="transfer-words">
        {t(props.view.direction === "in" ? "files.from" : "files.for", {
          name: props.nameOf(props.view.peer),
        })}
        {" · "}
        {formatBytes(props.view.size, currentLanguage())}
        {" · "}
        {standing(props.view)}
      </p>
      <Show when={!ended() && !asks()}>
        <progress
          class="transfer-progress"
          max="1"
          value={share()}
          aria-label={t("files.progress", { name: transferName(props.view) })}
        />
      </Show>
      <div class="button-row">
        <Show when={asks()}>
          <button type="button" class="button button-primary" onClick={() => void files.accept(id)}>
            {t("files.accept")}
          </button>
          <button type="button" class="button" onClick={() => files.decline(id)}>
            {t("files.decline")}
          </button>
        </Show>
        <Show when={!ended() && !asks()}>
          <Show when={props.view.state !== "offered"}>
            <button type="button" class="button-quiet" onClick={() => files.pauseOrResume(id)}>
              <Icon svg={props.view.pausedHere ? playIcon : pauseIcon} />
              {t(props.view.pausedHere ? "files.resume" : "files.pause")}
            </button>
          </Show>
          <button type="button" class="button-quiet" onClick={() => files.cancel(id)}>
            <Icon svg={closeIcon} />
            {t("files.cancel")}
          </button>
        </Show>
        <For each={props.view.saved}>
          {({ name, href }) => (
            <a class="button" href={href} download={name}>
              <Icon svg={downIcon} />
              {t("files.save", { name })}
            </a>
          )}
        </For>
        <Show when={ended()}>
          <button type="button" class="button-quiet" onClick={() => files.clear(id)}>
            {t("files.clear")}
          </button>
        </Show>
      </div>
    </li>
  );
}

/** What is sent, in a few words. */
function transferName({ name, count }: TransferView): string {
  return count > 1 ? t("files.more", { name, count: count - 1 }) : name;
}

/** How it stands, in a few words. */
function standing(view: TransferView): string {
  if (view.reason !== undefined) return t(`files.ended.${view.reason}`);
  const { state } = view;
  if (state !== "running" && state !== "ended") return t(`files.state.${state}`);
  const percent = Math.floor((100 * view.transferred) / Math.max(1, view.size));
  const speed = `${formatBytes(view.bytesPerSecond, currentLanguage())}/s`;
  const words = `${percent} % · ${speed}`;
  if (view.secondsLeft === undefined) return words;
  const time = formatDuration(view.secondsLeft * 1000);
  return `${words} · ${t("files.left", { time })}`;
}
