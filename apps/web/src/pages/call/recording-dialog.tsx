import { For, type JSX } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Dialog } from "../../parts/dialog.tsx";
import type { RecordingModel } from "../../room/recording-model.ts";

/** What to record, and that everybody is told. */
export function RecordingDialog(props: {
  readonly open: boolean;
  readonly recording: RecordingModel;
  readonly onClose: () => void;
}): JSX.Element {
  const choices = [
    { sides: "all", label: "record.everybody" },
    { sides: "own", label: "record.self" },
  ] as const;
  let form!: HTMLFormElement;
  const begin = (event: SubmitEvent): void => {
    event.preventDefault();
    const chosen = new FormData(form).get("sides");
    props.onClose();
    void props.recording.start(chosen === "own" ? "own" : "all");
  };
  return (
    <Dialog open={props.open} title={t("record.title")} onClose={props.onClose}>
      <form ref={form} class="recording-form" onSubmit={begin}>
        <p>{t("record.text")}</p>
        <fieldset>
          <legend>{t("record.what")}</legend>
          <For each={choices}>
            {({ sides, label }, index) => (
              <label class="radio">
                <input type="radio" name="sides" value={sides} checked={index() === 0} />
                {t(label)}
              </label>
            )}
          </For>
        </fieldset>
        <button type="submit" class="button button-primary">
          {t("record.begin")}
        </button>
      </form>
    </Dialog>
  );
}
