import closeIcon from "lucide-static/icons/x.svg?raw";
import { createEffect, type JSX, Show } from "solid-js";
import { t } from "../i18n/translate.ts";
import { Icon } from "./icon.tsx";

/** A modal dialog of the platform's own: focus stays inside, Escape and a click beside it close it. */
export function Dialog(props: {
  readonly open: boolean;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: JSX.Element;
}): JSX.Element {
  let dialog!: HTMLDialogElement;
  createEffect(() => {
    if (props.open && !dialog.open) dialog.showModal();
    if (!props.open && dialog.open) dialog.close();
  });
  const closeBeside = (event: MouseEvent): void => {
    if (event.target === dialog) props.onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key for closing a dialog is Escape, which it knows itself
    <dialog
      ref={dialog}
      class="dialog"
      aria-label={props.title}
      onClose={props.onClose}
      onClick={closeBeside}
    >
      <Show when={props.open}>
        <div class="dialog-body">
          <div class="dialog-head">
            <h2>{props.title}</h2>
            <button
              type="button"
              class="button-quiet button-icon"
              aria-label={t("dialog.close")}
              onClick={props.onClose}
            >
              <Icon svg={closeIcon} />
            </button>
          </div>
          {props.children}
        </div>
      </Show>
    </dialog>
  );
}
