import type { JSX } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { InviteLink } from "../../parts/invite-link.tsx";
import { QrCode } from "../../parts/qr-code.tsx";

/** The ways to bring somebody in: link, share sheet, QR code. */
export function InviteDialog(props: {
  readonly open: boolean;
  readonly link: string;
  readonly onClose: () => void;
}): JSX.Element {
  return (
    <Dialog open={props.open} title={t("invite.title")} onClose={props.onClose}>
      <QrCode text={props.link} label={t("invite.qr.label", { link: props.link })} />
      <p class="hint">{t("invite.qr.hint")}</p>
      <InviteLink link={props.link} />
    </Dialog>
  );
}
