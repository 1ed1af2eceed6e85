import {
  type CheckResult,
  checkSpeaker,
  examineCamera,
  examineMicrophone,
  playTone,
} from "@tincan/client/doctor";
import microphoneIcon from "lucide-static/icons/mic.svg?raw";
import cameraIcon from "lucide-static/icons/video.svg?raw";
import speakerIcon from "lucide-static/icons/volume-2.svg?raw";
import { createSignal, type JSX, onCleanup, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { announce } from "../../parts/announcer.tsx";
import { Icon } from "../../parts/icon.tsx";
import { OwnPicture } from "../../parts/own-picture.tsx";

/** The tests that need a permission or an ear: each by itself, and none needed for the others. */
export function DeviceTests(props: { readonly add: (result: CheckResult) => void }): JSX.Element {
  const left = new AbortController();
  onCleanup(() => left.abort());
  const [busy, setBusy] = createSignal<"camera" | "microphone" | "speaker">();
  const [picture, setPicture] = createSignal<MediaStreamTrack>();
  const [level, setLevel] = createSignal(0);
  const [recording, setRecording] = createSignal<string>();
  const [asked, setAsked] = createSignal(false);
  onCleanup(() => forget(recording()));

  const camera = async (): Promise<void> => {
    setBusy("camera");
    announce(t("doctor.camera.look"));
    const { signal } = left;
    props.add(await examineCamera((stream) => setPicture(stream.getVideoTracks()[0]), { signal }));
    setPicture(undefined);
    setBusy(undefined);
  };
  const microphone = async (): Promise<void> => {
    setBusy("microphone");
    announce(t("doctor.microphone.speak"));
    const { result, recording: said } = await examineMicrophone(setLevel, { signal: left.signal });
    props.add(result);
    forget(recording());
    setRecording(said && URL.createObjectURL(said));
    setLevel(0);
    setBusy(undefined);
  };
  const speaker = async (): Promise<void> => {
    setBusy("speaker");
    await playTone();
    setAsked(true);
    setBusy(undefined);
  };
  const answer = (heard: boolean): void => {
    props.add(checkSpeaker(heard));
    setAsked(false);
  };

  return (
    <section class="device-tests" aria-label={t("doctor.devices")}>
      <h2>{t("doctor.devices")}</h2>
      <p class="hint">{t("doctor.devices.hint")}</p>
      <div class="device-buttons">
        <TestButton icon={cameraIcon} busy={busy()} run={camera}>
          {busy() === "camera" ? t("doctor.camera.look") : t("doctor.camera.test")}
        </TestButton>
        <TestButton icon={microphoneIcon} busy={busy()} run={microphone}>
          {busy() === "microphone" ? t("doctor.microphone.speak") : t("doctor.microphone.test")}
        </TestButton>
        <TestButton icon={speakerIcon} busy={busy()} run={speaker}>
          {t("doctor.speaker.test")}
        </TestButton>
      </div>
      <Show when={picture()}>
        {(track) => (
          <div class="device-picture">
            <OwnPicture track={track()} label={t("lobby.preview")} />
          </div>
        )}
      </Show>
      <Show when={busy() === "microphone"}>
        <div class="device-level" style={{ "--level": level().toFixed(2) }} aria-hidden="true" />
      </Show>
      <Show when={recording()}>
        {(url) => (
          <div class="labelled">
            <span>{t("doctor.microphone.play")}</span>
            {/* biome-ignore lint/a11y/useMediaCaption: one's own voice of a moment ago */}
            <audio controls src={url()} aria-label={t("doctor.microphone.play")} />
          </div>
        )}
      </Show>
      <Show when={asked()}>
        <fieldset class="device-question">
          <legend>{t("doctor.speaker.heard")}</legend>
          <button type="button" class="button" onClick={() => answer(true)}>
            {t("doctor.yes")}
          </button>
          <button type="button" class="button" onClick={() => answer(false)}>
            {t("doctor.no")}
          </button>
        </fieldset>
      </Show>
    </section>
  );
}

function TestButton(props: {
  readonly icon: string;
  readonly busy: string | undefined;
  readonly run: () => Promise<void>;
  readonly children: JSX.Element;
}): JSX.Element {
  return (
    <button
      type="button"
      class="button"
      aria-disabled={props.busy !== undefined}
      onClick={() => {
        if (props.busy === undefined) void props.run();
      }}
    >
      <Icon svg={props.icon} />
      {props.children}
    </button>
  );
}

function forget(url: string | undefined): void {
  if (url !== undefined) URL.revokeObjectURL(url);
}
