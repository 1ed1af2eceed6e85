import fileIcon from "lucide-static/icons/file-up.svg?raw";
import { createSignal, type JSX, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Icon } from "../../parts/icon.tsx";
import type { CallDesk } from "../../room/call-desk.ts";

/** Takes files that are dropped anywhere on the call, and offers them to everybody. */
export function DropZone(props: {
  readonly desk: CallDesk;
  readonly children: JSX.Element;
}): JSX.Element {
  const { files, model, panel } = props.desk;
  const [over, setOver] = createSignal(false);
  const carriesFiles = (event: DragEvent): boolean =>
    files.offered && event.dataTransfer?.types.includes("Files") === true;
  const hover = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    setOver(true);
  };
  const leave = (event: DragEvent & { readonly currentTarget: Element }): void => {
    const into = event.relatedTarget;
    if (!(into instanceof Node && event.currentTarget.contains(into))) setOver(false);
  };
  const drop = (event: DragEvent): void => {
    if (!carriesFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    setOver(false);
    const everybody = model.participants.map(({ id }) => id);
    if (panel.open() !== "files") panel.toggle("files");
    files.drop(event.dataTransfer, everybody).catch(() => {
      props.desk.toasts.show(t("files.unreadable"));
    });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one way; the files panel has buttons
    <div class="drop-zone" onDragOver={hover} onDragLeave={leave} onDrop={drop}>
      {props.children}
      <Show when={over()}>
        <div class="drop-hint" aria-hidden="true">
          <Icon svg={fileIcon} />
          {t(model.participants.length === 0 ? "files.nobody" : "files.drop")}
        </div>
      </Show>
    </div>
  );
}
