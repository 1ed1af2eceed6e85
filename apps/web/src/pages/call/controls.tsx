import messageIcon from "lucide-static/icons/message-square.svg?raw";
import screenIcon from "lucide-static/icons/monitor-up.svg?raw";
import screenOffIcon from "lucide-static/icons/monitor-x.svg?raw";
import phoneIcon from "lucide-static/icons/phone.svg?raw";
import userPlusIcon from "lucide-static/icons/user-plus.svg?raw";
import usersIcon from "lucide-static/icons/users.svg?raw";
import { type JSX, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { DeviceToggle } from "../../parts/device-toggle.tsx";
import { RoundButton } from "../../parts/round-button.tsx";
import type { CallDesk } from "../../room/call-desk.ts";
import { MoreMenu } from "./more-menu.tsx";
import "./controls.css";

/** The bar below the pictures. On phones what is rarer moves into the menu. */
export function Controls(props: {
  readonly desk: CallDesk;
  readonly onShortcuts: () => void;
}): JSX.Element {
  const { session, panel, chat, screen } = props.desk;
  const chatLabel = (): string =>
    chat.unread() > 0 ? t("chat.unread", { count: chat.unread() }) : t("panel.chat");
  return (
    <div class="call-controls" role="toolbar" aria-label={t("call.controls")}>
      <DeviceToggle kind="audio" device={session.media.audio} />
      <DeviceToggle kind="video" device={session.media.video} />
      <Show when={screen.offered}>
        <RoundButton
          class="wide-only"
          svg={screen.on() ? screenOffIcon : screenIcon}
          label={t(screen.on() ? "screen.stop" : "screen.start")}
          pressed={screen.on()}
          onClick={() => void screen.toggle()}
        />
      </Show>
      <RoundButton
        svg={messageIcon}
        label={chatLabel()}
        expanded={panel.open() === "chat"}
        badge={chat.unread()}
        onClick={() => panel.toggle("chat")}
      />
      <RoundButton
        class="wide-only"
        svg={usersIcon}
        label={t("panel.people")}
        expanded={panel.open() === "people"}
        onClick={() => panel.toggle("people")}
      />
      <RoundButton
        class="wide-only"
        svg={userPlusIcon}
        label={t("call.invite")}
        onClick={() => props.desk.invite()}
      />
      <MoreMenu desk={props.desk} onShortcuts={props.onShortcuts} />
      <RoundButton
        class="button-danger"
        svg={phoneIcon}
        label={t("call.hang-up")}
        onClick={() => void session.leave()}
      />
    </div>
  );
}
