import type { JSX } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Dialog } from "../../parts/dialog.tsx";

/** Asks once more before somebody loses the seat. */
export function RemoveDialog(props: {
  /** Whom; nobody is asked about while it is undefined. */
  readonly name: string | undefined;
  readonly onAnswer: (isYes: boolean) => void;
}): JSX.Element {
  return (
    <Dialog
      open={props.name !== undefined}
      title={t("remove.title", { name: props.name ?? "" })}
      onClose={() => props.onAnswer(false)}
    >
      <p class="hint">{t("remove.text")}</p>
      <div class="button-row">
        <button type="button" class="button" onClick={() => props.onAnswer(false)}>
          {t("remove.keep")}
        </button>
        <button type="button" class="button button-warning" onClick={() => props.onAnswer(true)}>
          {t("remove.do")}
        </button>
      </div>
    </Dialog>
  );
}
