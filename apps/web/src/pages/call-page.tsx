import type { Call } from "@tincan/client";
import phoneIcon from "lucide-static/icons/phone.svg?raw";
import userPlusIcon from "lucide-static/icons/user-plus.svg?raw";
import volumeIcon from "lucide-static/icons/volume-2.svg?raw";
import { createEffect, createMemo, createSignal, type JSX, on, Show } from "solid-js";
import { t } from "../i18n/translate.ts";
import { announce } from "../parts/announcer.tsx";
import { DeviceToggle } from "../parts/device-toggle.tsx";
import { FaultNotices } from "../parts/fault-notices.tsx";
import { Icon } from "../parts/icon.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { usePageTitle } from "../parts/page-title.ts";
import { createCallModel } from "../room/call-model.ts";
import { connectionWords } from "../room/connection-words.ts";
import { createPlayback } from "../room/playback.ts";
import { publishLocal } from "../room/publish-local.ts";
import type { RoomSession } from "../room/room-session.ts";
import { keepAwake } from "../room/wake-lock.ts";
import { inviteLink } from "../router/route.ts";
import { CallDuration } from "./call/call-duration.tsx";
import { InviteDialog } from "./call/invite-dialog.tsx";
import { Stage } from "./call/stage.tsx";
import { WaitingCard } from "./call/waiting-card.tsx";
import "./call-page.css";

/** The call itself. */
export function CallPage(props: {
  readonly session: RoomSession;
  readonly call: Call;
  readonly since: number;
}): JSX.Element {
  const { session, call } = props;
  const model = createCallModel(call, (happening, name) => {
    announce(t(`call.${happening}`, { name: name || t("call.guest") }));
  });
  const playback = createPlayback();
  const [inviting, setInviting] = createSignal(false);
  const link = inviteLink(location.origin, session.room);
  publishLocal(call, session.media);
  keepAwake();
  usePageTitle(() => session.room);

  const words = createMemo(() => connectionWords(model.state(), model.participants), undefined, {
    equals: (a, b) => a.key === b.key && a.name === b.name,
  });
  const sentence = (): string => t(words().key, { name: words().name || t("call.guest") });
  createEffect(on(sentence, announce, { defer: true }));

  return (
    <main class="call">
      <PageHeading hidden>{t("call.title", { room: session.room })}</PageHeading>
      <div class="call-top">
        <span class="call-room" title={session.room}>
          {session.room}
        </span>
        <span class="chip" data-tone={words().tone}>
          {sentence()}
        </span>
        <CallDuration since={props.since} />
      </div>
      <Stage participants={model.participants} session={session} playback={playback}>
        <WaitingCard link={link} onQr={() => setInviting(true)} />
      </Stage>
      <div class="call-notices">
        <FaultNotices media={session.media} />
        <Show when={playback.refused()}>
          <button type="button" class="button button-primary" onClick={() => playback.resume()}>
            <Icon svg={volumeIcon} />
            {t("call.hear")}
          </button>
        </Show>
      </div>
      <div class="call-controls" role="toolbar" aria-label={t("call.controls")}>
        <DeviceToggle kind="audio" device={session.media.audio} />
        <DeviceToggle kind="video" device={session.media.video} />
        <button
          type="button"
          class="button-round"
          aria-label={t("call.invite")}
          title={t("call.invite")}
          onClick={() => setInviting(true)}
        >
          <Icon svg={userPlusIcon} />
        </button>
        <button
          type="button"
          class="button-round button-danger"
          aria-label={t("call.hang-up")}
          title={t("call.hang-up")}
          onClick={() => void session.leave()}
        >
          <Icon svg={phoneIcon} />
        </button>
      </div>
      <InviteDialog open={inviting()} link={link} onClose={() => setInviting(false)} />
    </main>
  );
}
