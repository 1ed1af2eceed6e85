import type { Call } from "@tincan/client";
import lockIcon from "lucide-static/icons/lock-keyhole.svg?raw";
import volumeIcon from "lucide-static/icons/volume-2.svg?raw";
import closeIcon from "lucide-static/icons/x.svg?raw";
import { createEffect, createMemo, createSignal, For, type JSX, on, Show } from "solid-js";
import { t } from "../i18n/translate.ts";
import { announce } from "../parts/announcer.tsx";
import { DoctorLink } from "../parts/doctor-link.tsx";
import { FaultNotices } from "../parts/fault-notices.tsx";
import { Icon } from "../parts/icon.tsx";
import { KeptRecordings } from "../parts/kept-recordings.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { usePageTitle } from "../parts/page-title.ts";
import { type CallDesk, createCallDesk } from "../room/call-desk.ts";
import { connectionWords } from "../room/connection-words.ts";
import { publishLocal } from "../room/publish-local.ts";
import { holdToTalk } from "../room/push-to-talk.ts";
import type { RoomSession } from "../room/room-session.ts";
import { keepAwake } from "../room/wake-lock.ts";
import { inviteLink } from "../router/route.ts";
import { bindShortcuts } from "./call/bind-shortcuts.ts";
import { CallDuration } from "./call/call-duration.tsx";
import { Controls } from "./call/controls.tsx";
import { DropZone } from "./call/drop-zone.tsx";
import { InviteDialog } from "./call/invite-dialog.tsx";
import { KnockNotices } from "./call/knock-notices.tsx";
import { drawMiniCall } from "./call/mini-call.tsx";
import { Panel } from "./call/panel.tsx";
import { RecordingDialog } from "./call/recording-dialog.tsx";
import { RecordingMark } from "./call/recording-mark.tsx";
import { ShortcutDialog } from "./call/shortcut-dialog.tsx";
import { Stage } from "./call/stage.tsx";
import { WaitingCard } from "./call/waiting-card.tsx";
import "./call-page.css";
import "./call/dialogs.css";

/** The call itself. */
export function CallPage(props: {
  readonly session: RoomSession;
  readonly call: Call;
  readonly since: number;
}): JSX.Element {
  const { session, call } = props;
  const [inviting, setInviting] = createSignal(false);
  const [asking, setAsking] = createSignal(false);
  const [helping, setHelping] = createSignal(false);
  const desk = createCallDesk({
    ...{ call, session },
    invite: () => setInviting(true),
    askRecording: () => setAsking(true),
    drawMini: drawMiniCall,
  });
  const { model, playback, panel } = desk;
  const link = (): string => inviteLink(location.origin, session.room, session.password());
  publishLocal(call, session.media);
  keepAwake();
  holdToTalk(session.media, desk.preferences);
  bindShortcuts(desk, () => setHelping((open) => !open));
  usePageTitle(() => {
    const reason = desk.attention.reason();
    return reason === undefined ? session.room : `${reason} · ${session.room}`;
  });

  const words = createMemo(
    () => connectionWords(model.state(), model.participants, model.draining()),
    undefined,
    {
      equals: (a, b) => a.key === b.key && a.name === b.name,
    },
  );
  const sentence = (): string => t(words().key, { name: words().name || t("call.guest") });
  createEffect(on(sentence, announce, { defer: true }));

  return (
    <DropZone desk={desk}>
      <div class="call" classList={{ "has-panel": panel.open() !== undefined }}>
        <main class="call-main">
          <PageHeading hidden>{t("call.title", { room: session.room })}</PageHeading>
          <div class="call-top">
            <span class="call-room" title={session.room}>
              <Show when={desk.room.isLocked()}>
                <span class="room-lock" role="img" aria-label={t("room.locked")}>
                  <Icon svg={lockIcon} />
                </span>
              </Show>
              {session.room}
            </span>
            <span class="chip" data-tone={words().tone}>
              {sentence()}
              <Show when={words().key === "connection.failed"}>
                <DoctorLink beside>{t("doctor.why")}</DoctorLink>
              </Show>
            </span>
            <span class="call-top-end">
              <RecordingMark desk={desk} />
              <CallDuration since={props.since} />
            </span>
          </div>
          <Stage desk={desk}>
            <WaitingCard link={link()} onQr={() => setInviting(true)} />
          </Stage>
          <div class="call-notices">
            <KnockNotices room={desk.room} />
            <FaultNotices media={session.media} />
            <Show when={playback.refused()}>
              <button type="button" class="button button-primary" onClick={() => playback.resume()}>
                <Icon svg={volumeIcon} />
                {t("call.hear")}
              </button>
            </Show>
            <KeptRecordings recordings={session.recordings} />
            <SharingNotice desk={desk} />
            <ToastList desk={desk} />
          </div>
          <Controls desk={desk} onShortcuts={() => setHelping(true)} />
        </main>
        <Show when={panel.open()}>{(name) => <Panel desk={desk} name={name()} />}</Show>
      </div>
      <InviteDialog
        open={inviting()}
        room={session.room}
        password={session.password()}
        onClose={() => setInviting(false)}
      />
      <RecordingDialog
        open={asking()}
        recording={desk.recording}
        onClose={() => setAsking(false)}
      />
      <ShortcutDialog
        open={helping()}
        preferences={desk.preferences}
        onClose={() => setHelping(false)}
      />
    </DropZone>
  );
}

/** Says that one's own screen is on show, with the way to end that. */
function SharingNotice(props: { readonly desk: CallDesk }): JSX.Element {
  const { screen } = props.desk;
  return (
    <Show when={screen.on()}>
      <div class="toast sharing">
        <p>{t("screen.sharing")}</p>
        <button type="button" class="button-quiet" onClick={() => void screen.toggle()}>
          {t("screen.stop")}
        </button>
      </div>
    </Show>
  );
}

function ToastList(props: { readonly desk: CallDesk }): JSX.Element {
  const { toasts } = props.desk;
  return (
    <div class="toasts" role="status">
      <For each={toasts.list()}>
        {({ id, text, action }) => (
          <div class="toast">
            <p>{text}</p>
            <Show when={action}>
              {(offered) => (
                <button
                  type="button"
                  class="button-quiet"
                  onClick={() => {
                    toasts.dismiss(id);
                    offered().run();
                  }}
                >
                  {offered().label}
                </button>
              )}
            </Show>
            <button
              type="button"
              class="button-quiet button-icon"
              aria-label={t("fault.dismiss")}
              onClick={() => toasts.dismiss(id)}
            >
              <Icon svg={closeIcon} />
            </button>
          </div>
        )}
      </For>
    </div>
  );
}
