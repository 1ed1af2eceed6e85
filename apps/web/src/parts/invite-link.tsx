import checkIcon from "lucide-static/icons/check.svg?raw";
import copyIcon from "lucide-static/icons/copy.svg?raw";
import shareIcon from "lucide-static/icons/share-2.svg?raw";
import { createSignal, type JSX, onCleanup, Show } from "solid-js";
import { t } from "../i18n/translate.ts";
import { announce } from "./announcer.tsx";
import { Icon } from "./icon.tsx";
import "./invite-link.css";

const COPIED_SHOWN_MS = 2500;

/** A link for somebody else, to copy or to share; to a room, unless `label` says what it is. */
export function InviteLink(props: { readonly link: string; readonly label?: string }): JSX.Element {
  let field!: HTMLInputElement;
  const [copied, setCopied] = createSignal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.link);
      setCopied(true);
      announce(t("invite.copied"));
      clearTimeout(timer);
      timer = setTimeout(() => setCopied(false), COPIED_SHOWN_MS);
    } catch {
      field.select();
      announce(t("invite.copy-failed"));
    }
  };
  const share = async (): Promise<void> => {
    // Rejects when the sheet is closed without a choice, which is no failure.
    await navigator
      .share({ title: "Tincan", text: props.label ?? t("invite.text"), url: props.link })
      .catch(() => {});
  };

  return (
    <div class="invite">
      <input
        ref={field}
        class="field invite-field"
        type="text"
        readonly
        aria-label={props.label ?? t("invite.link")}
        value={props.link}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="invite-actions">
        <button type="button" class="button" onClick={() => void copy()}>
          <Icon svg={copied() ? checkIcon : copyIcon} />
          {copied() ? t("invite.copied") : t("invite.copy")}
        </button>
        <Show when={"share" in navigator}>
          <button type="button" class="button" onClick={() => void share()}>
            <Icon svg={shareIcon} />
            {t("invite.share")}
          </button>
        </Show>
      </div>
    </div>
  );
}
