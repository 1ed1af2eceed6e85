import qrIcon from "lucide-static/icons/qr-code.svg?raw";
import type { JSX } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Icon } from "../../parts/icon.tsx";
import { InviteLink } from "../../parts/invite-link.tsx";
import { Mark } from "../../parts/logo.tsx";

/** What the stage shows while one is alone: how to change that. */
export function WaitingCard(props: {
  readonly link: string;
  readonly onQr: () => void;
}): JSX.Element {
  return (
    <section class="waiting" aria-label={t("call.waiting.title")}>
      <Mark />
      <h2>{t("call.waiting.title")}</h2>
      <p>{t("call.waiting.text")}</p>
      <InviteLink link={props.link} />
      <button type="button" class="button-quiet" onClick={props.onQr}>
        <Icon svg={qrIcon} />
        {t("invite.qr")}
      </button>
    </section>
  );
}
