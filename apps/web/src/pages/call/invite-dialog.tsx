import { createSignal, type JSX, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { InviteLink } from "../../parts/invite-link.tsx";
import { QrCode } from "../../parts/qr-code.tsx";
import { Switch } from "../../parts/switch.tsx";
import { inviteLink } from "../../router/route.ts";

/** The ways to bring somebody in: link, share sheet, QR code. */
export function InviteDialog(props: {
  readonly open: boolean;
  readonly room: string;
  readonly password: string;
  readonly onClose: () => void;
}): JSX.Element {
  const [isWithPassword, setWithPassword] = createSignal(true);
  const link = (): string =>
    inviteLink(location.origin, props.room, isWithPassword() ? props.password : "");
  return (
    <Dialog open={props.open} title={t("invite.title")} onClose={props.onClose}>
      <QrCode text={link()} label={t("invite.qr.label", { link: link() })} />
      <p class="hint">{t("invite.qr.hint")}</p>
      <Show when={props.password !== ""}>
        <Switch
          label={t("invite.password")}
          hint={t("invite.password.hint")}
          on={isWithPassword()}
          onChange={setWithPassword}
        />
      </Show>
      <InviteLink link={link()} />
    </Dialog>
  );
}
