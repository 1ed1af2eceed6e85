import { For, type JSX, onMount, Show } from "solid-js";
import { currentLanguage, t } from "../i18n/translate.ts";
import type { DeviceKind } from "../media/device-fault.ts";
import type { LocalDevice } from "../media/local-media.ts";
import { DeviceToggle } from "../parts/device-toggle.tsx";
import { FaultNotices } from "../parts/fault-notices.tsx";
import { Header } from "../parts/header.tsx";
import { LevelMeter } from "../parts/level-meter.tsx";
import { OwnPicture } from "../parts/own-picture.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { usePageTitle } from "../parts/page-title.ts";
import type { RoomSession } from "../room/room-session.ts";
import { MAX_NAME_LENGTH } from "../router/route.ts";
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
  });
  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!joining()) void session.join();
  };
  return (
    <div class="page">
      <Header />
      <main class="lobby">
        <section class="lobby-preview" aria-label={t("lobby.preview")}>
          <Preview session={session} />
          <FaultNotices media={media} />
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
          <DeviceChoice kind="video" device={media.video} />
          <DeviceChoice kind="audio" device={media.audio} />
          <button
            type="submit"
            class="button button-primary button-large lobby-join"
            aria-disabled={joining()}
          >
            {joining() ? t("lobby.joining") : t("lobby.join")}
          </button>
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

function DeviceChoice(props: {
  readonly kind: DeviceKind;
  readonly device: LocalDevice;
}): JSX.Element {
  const word = (): "camera" | "microphone" => (props.kind === "audio" ? "microphone" : "camera");
  const current = (): string | undefined =>
    props.device.chosen() ?? props.device.track()?.getSettings().deviceId;
  return (
    <label class="labelled">
      <span>{t(`lobby.${word()}`)}</span>
      <select
        class="field"
        lang={currentLanguage()}
        disabled={props.device.choices().length === 0}
        onChange={(event) => void props.device.choose(event.currentTarget.value)}
      >
        <For
          each={props.device.choices()}
          fallback={<option value="">{t("lobby.default")}</option>}
        >
          {(choice, index) => (
            <option value={choice.deviceId} selected={choice.deviceId === current()}>
              {choice.label || t(`lobby.numbered.${word()}`, { number: index() + 1 })}
            </option>
          )}
        </For>
      </select>
    </label>
  );
}
