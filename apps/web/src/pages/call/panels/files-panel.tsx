import { createSignal, For, type JSX, Show } from "solid-js";
import { t } from "../../../i18n/translate.ts";
import { FilePicker } from "../../../parts/file-picker.tsx";
import { TransferItem } from "../../../parts/transfer-item.tsx";
import type { CallDesk } from "../../../room/call-desk.ts";

/** Files to and from the others. */
export function FilesPanel(props: { readonly desk: CallDesk }): JSX.Element {
  const { files } = props.desk;
  return (
    <div class="panel-body">
      <Show when={files.offered} fallback={<p class="panel-note">{t("files.insecure")}</p>}>
        <SendFiles desk={props.desk} />
        <ul class="transfers" aria-label={t("files.list")}>
          <For each={[...files.transfers].reverse()}>
            {(view) => <TransferItem files={files} view={view} nameOf={props.desk.nameOf} />}
          </For>
        </ul>
      </Show>
    </div>
  );
}

function SendFiles(props: { readonly desk: CallDesk }): JSX.Element {
  const { model, files } = props.desk;
  const [chosen, setChosen] = createSignal("");
  const everybody = (): readonly string[] => model.participants.map(({ id }) => id);
  const receivers = (): readonly string[] =>
    everybody().includes(chosen()) ? [chosen()] : everybody();
  return (
    <Show
      when={model.participants.length > 0}
      fallback={<p class="panel-note">{t("files.nobody")}</p>}
    >
      <div class="send-files">
        <Show when={model.participants.length > 1}>
          <label class="labelled">
            <span>{t("files.to")}</span>
            <select class="field" onChange={(event) => setChosen(event.currentTarget.value)}>
              <option value="">{t("files.everybody")}</option>
              <For each={model.participants}>
                {({ id }) => <option value={id}>{props.desk.nameOf(id)}</option>}
              </For>
            </select>
          </label>
        </Show>
        <FilePicker onPick={(picked) => files.send(picked, receivers())} />
        <p class="hint">{t("files.hint")}</p>
      </div>
    </Show>
  );
}
