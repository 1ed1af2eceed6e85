import { type JSX, onMount, Show } from "solid-js";
import type { TextKey } from "../i18n/en.ts";
import { t } from "../i18n/translate.ts";
import { DeviceChoice } from "../parts/device-choice.tsx";
import { DeviceToggle } from "../parts/device-toggle.tsx";
import { FaultNotices } from "../parts/fault-notices.tsx";
import { Header } from "../parts/header.tsx";
import { KeptRecordings } from "../parts/kept-recordings.tsx";
import { LevelMeter } from "../parts/level-meter.tsx";
import { OwnPicture } from "../parts/own-picture.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { usePageTitle } from "../parts/page-title.ts";
import { asksPassword } from "../room/door.ts";
import type { RoomSession } from "../room/room-session.ts";
import { MAX_NAME_LENGTH } from "../router/route.ts";
import { DoorNotice, PasswordField } from "./lobby/door.tsx";
import "./lobby-page.css";

/** Before the call: how one looks and sounds, and under which name. */
export function LobbyPage(props: { readonly session: RoomSession }): JSX.Element {
  const session = props.session;
  const { media } = session;
  const joining = (): boolean => session.phase().name === "joining";
  usePageTitle(() => session.room);
  onMount(() => {
    void media.start();
    // What the call needs is on its way while people look at themselves.
    void import("@tincan/client").catch(() => {});
    session.recordings.recover().catch(() => {});
  });
  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!joining()) void session.join();
  };
  const action = (): TextKey => {
    switch (session.door()) {
      case "waiting":
        return "door.waiting";
      case "locked":
        return "door.knock";
      case "denied":
        return "door.knock-again";
      default:
        return joining() ? "lobby.joining" : "lobby.join";
    }
  };
  return (
    <div class="page">
      <Header />
      <main class="lobby">
        <section class="lobby-preview" aria-label={t("lobby.preview")}>
          <Preview session={session} />
          <FaultNotices media={media} />
          <KeptRecordings recordings={session.recordings} />
        </section>
        <form class="lobby-form" onSubmit={join}>
          <div>
            <PageHeading>{t("lobby.title")}</PageHeading>
            <p class="lobby-room">{t("lobby.room", { room: session.room })}</p>
          </div>
          <label class="labelled">
            <span>{t("lobby.name")}</span>
            <input
              class="field"
              type="text"
              name="name"
              autocomplete="nickname"
              maxlength={MAX_NAME_LENGTH}
              placeholder={t("lobby.name.placeholder")}
              value={session.name()}
              onInput={(event) => session.rename(event.currentTarget.value.trim())}
            />
          </label>
          <DeviceChoice
            kind="camera"
            choices={media.video.choices()}
            current={media.video.applied()?.deviceId ?? media.video.chosen()}
            onChoose={(id) => void media.video.choose(id)}
          />
          <DeviceChoice
            kind="microphone"
            choices={media.audio.choices()}
            current={media.audio.applied()?.deviceId ?? media.audio.chosen()}
            onChoose={(id) => void media.audio.choose(id)}
          />
          <Show when={media.devices.speaker.supported && media.speaker.choices().length > 1}>
            <DeviceChoice
              kind="speaker"
              choices={media.speaker.choices()}
              current={media.speaker.chosen()}
              onChoose={(id) => void media.devices.speaker.choose(id)}
            />
          </Show>
          <Show when={asksPassword(session.door())}>
            <PasswordField session={session} />
          </Show>
          <DoorNotice door={session.door()} />
          <button
            type="submit"
            class="button button-primary button-large lobby-join"
            aria-disabled={joining()}
          >
            {t(action())}
          </button>
          <Show when={session.door() === "waiting"}>
            <button type="button" class="button" onClick={() => session.withdraw()}>
              {t("door.withdraw")}
            </button>
          </Show>
        </form>
      </main>
    </div>
  );
}

function Preview(props: { readonly session: RoomSession }): JSX.Element {
  const media = props.session.media;
  return (
    <div class="preview">
      <Show
        when={media.video.track()}
        fallback={
          <p class="preview-empty">
            {media.starting() && media.video.on() ? t("lobby.starting") : t("lobby.camera.off")}
          </p>
        }
      >
        {(track) => <OwnPicture track={track()} label={t("lobby.preview")} />}
      </Show>
      <LevelMeter track={media.audio.on() ? media.audio.track() : undefined} />
      <div class="preview-toggles">
        <DeviceToggle kind="audio" device={media.audio} />
        <DeviceToggle kind="video" device={media.video} />
      </div>
    </div>
  );
}
