import type {
  CameraSettings,
  Fit,
  MicrophoneSettings,
  Resolution,
  Saving,
} from "@tincan/client/devices";
import flipIcon from "lucide-static/icons/switch-camera.svg?raw";
import { createSignal, For, type JSX, Show } from "solid-js";
import { t } from "../../../i18n/translate.ts";
import { DeviceChoice } from "../../../parts/device-choice.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { LanguageSwitch } from "../../../parts/language-switch.tsx";
import { Switch } from "../../../parts/switch.tsx";
import type { CallDesk } from "../../../room/call-desk.ts";
import { keyName } from "../key-name.ts";
import "./settings-panel.css";

/** Devices, what is asked of them and what the browser made of it, and the page's own switches. */
export function SettingsPanel(props: { readonly desk: CallDesk }): JSX.Element {
  const { media } = props.desk.session;
  return (
    <div class="panel-body">
      <section class="settings-group">
        <h3>{t("settings.picture")}</h3>
        <DeviceChoice
          kind="camera"
          choices={media.video.choices()}
          current={media.video.applied()?.deviceId ?? media.video.chosen()}
          onChoose={(id) => void media.video.choose(id)}
        />
        <CameraSettingsFields desk={props.desk} />
      </section>
      <section class="settings-group">
        <h3>{t("settings.sound")}</h3>
        <DeviceChoice
          kind="microphone"
          choices={media.audio.choices()}
          current={media.audio.applied()?.deviceId ?? media.audio.chosen()}
          onChoose={(id) => void media.audio.choose(id)}
        />
        <Show when={media.devices.speaker.supported}>
          <DeviceChoice
            kind="speaker"
            choices={media.speaker.choices()}
            current={media.speaker.chosen()}
            onChoose={(id) => void media.devices.speaker.choose(id)}
          />
        </Show>
        <MicrophoneSwitches desk={props.desk} />
      </section>
      <section class="settings-group">
        <h3>{t("settings.page")}</h3>
        <PageSwitches desk={props.desk} />
        <div class="settings-language">
          <LanguageSwitch />
        </div>
      </section>
    </div>
  );
}

const RESOLUTIONS: readonly Resolution[] = ["360p", "720p", "1080p"];
const FRAME_RATES = [15, 30] as const;
const FITS: readonly Fit[] = ["ideal", "min", "max", "exact"];
const SAVINGS: readonly Saving[] = ["off", "low", "audio-only"];

function CameraSettingsFields(props: { readonly desk: CallDesk }): JSX.Element {
  const { media } = props.desk.session;
  const settings = media.cameraSettings;
  const change = (part: Partial<CameraSettings>): Promise<void> => media.devices.changeCamera(part);
  const applied = (): string => {
    const now = media.video.applied();
    if (now?.width === undefined) return t("settings.camera-off");
    return t("settings.applied-picture", {
      width: now.width,
      height: now.height ?? 0,
      rate: Math.round(now.frameRate ?? 0),
    });
  };
  return (
    <>
      <Show when={media.video.choices().length > 1}>
        <button type="button" class="button" onClick={() => void media.devices.flip()}>
          <Icon svg={flipIcon} />
          {t("settings.flip")}
        </button>
      </Show>
      <Select
        label={t("settings.resolution")}
        options={RESOLUTIONS.map((value) => ({ value, text: value }))}
        value={settings().resolution}
        onChange={(value) => void change({ resolution: value as Resolution })}
      />
      <Select
        label={t("settings.frame-rate")}
        options={FRAME_RATES.map((rate) => ({
          value: String(rate),
          text: t("settings.rate", { rate }),
        }))}
        value={String(settings().frameRate)}
        onChange={(value) => void change({ frameRate: Number(value) })}
      />
      <Select
        label={t("settings.fit")}
        options={FITS.map((value) => ({ value, text: t(`settings.fit.${value}`) }))}
        value={settings().fit}
        onChange={(value) => void change({ fit: value as Fit })}
      />
      <Select
        label={t("settings.saving")}
        options={SAVINGS.map((value) => ({ value, text: t(`settings.saving.${value}`) }))}
        value={settings().saving}
        onChange={(value) => void change({ saving: value as Saving })}
      />
      <Show when={media.video.offered().includes("backgroundBlur")}>
        <Switch
          label={t("settings.blur")}
          on={media.video.applied()?.backgroundBlur === true}
          onChange={(on) => change({ backgroundBlur: on })}
        />
      </Show>
      <p class="hint" role="status">
        {applied()}
      </p>
    </>
  );
}

const FILTERS: readonly (keyof MicrophoneSettings)[] = [
  "echoCancellation",
  "noiseSuppression",
  "autoGainControl",
];

function MicrophoneSwitches(props: { readonly desk: CallDesk }): JSX.Element {
  const { media } = props.desk.session;
  const applied = (filter: keyof MicrophoneSettings): boolean | undefined =>
    media.audio.applied()?.[filter];
  const hint = (filter: keyof MicrophoneSettings): string | undefined => {
    const now = applied(filter);
    if (now === undefined) return undefined;
    return t(now ? "settings.applied-on" : "settings.applied-off");
  };
  return (
    <For each={FILTERS}>
      {(filter) => (
        <Switch
          label={t(`settings.${filter}`)}
          hint={hint(filter)}
          on={media.microphoneSettings()[filter]}
          onChange={(on) => media.devices.changeMicrophone({ [filter]: on })}
        />
      )}
    </For>
  );
}

function PageSwitches(props: { readonly desk: CallDesk }): JSX.Element {
  const { preferences, view } = props.desk;
  const [waiting, setWaiting] = createSignal(false);
  const take = (event: KeyboardEvent): void => {
    if (!waiting()) return;
    event.preventDefault();
    event.stopPropagation();
    setWaiting(false);
    if (event.code !== "" && event.key !== "Escape" && event.key !== "Tab") {
      preferences.chooseTalkKey(event.code);
    }
  };
  return (
    <>
      <Switch
        label={t("settings.self-view")}
        on={view.selfShown()}
        onChange={() => view.toggleSelf()}
      />
      <Switch
        label={t("settings.sounds")}
        hint={t("settings.sounds.hint")}
        on={preferences.sounds()}
        onChange={(on) => preferences.set("sounds", on)}
      />
      <Switch
        label={t("settings.shortcuts")}
        on={preferences.shortcuts()}
        onChange={(on) => preferences.set("shortcuts", on)}
      />
      <div class="settings-row">
        <span id="talk-key-label">{t("settings.talk-key")}</span>
        <button
          type="button"
          class="button"
          aria-labelledby="talk-key-label talk-key"
          onClick={() => setWaiting(true)}
          onKeyDown={take}
          onBlur={() => setWaiting(false)}
        >
          <kbd id="talk-key">
            {waiting() ? t("settings.press-key") : keyName(preferences.talkKey())}
          </kbd>
        </button>
      </div>
    </>
  );
}

function Select(props: {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}): JSX.Element {
  return (
    <label class="labelled">
      <span>{props.label}</span>
      <select class="field" onChange={(event) => props.onChange(event.currentTarget.value)}>
        <For each={props.options}>
          {({ value, text }) => (
            <option value={value} selected={value === props.value}>
              {text}
            </option>
          )}
        </For>
      </select>
    </label>
  );
}
