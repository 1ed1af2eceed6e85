import { For, type JSX } from "solid-js";
import { currentLanguage, t } from "../i18n/translate.ts";

/** The list of one kind of devices, as lobby and settings show it. */
export function DeviceChoice(props: {
  readonly kind: "camera" | "microphone" | "speaker";
  readonly choices: readonly { readonly deviceId: string; readonly label: string }[];
  readonly current: string | undefined;
  readonly onChoose: (deviceId: string) => void;
}): JSX.Element {
  return (
    <label class="labelled">
      <span>{t(`lobby.${props.kind}`)}</span>
      <select
        class="field"
        lang={currentLanguage()}
        disabled={props.choices.length === 0}
        onChange={(event) => props.onChoose(event.currentTarget.value)}
      >
        <For each={props.choices} fallback={<option value="">{t("lobby.default")}</option>}>
          {(choice, index) => (
            <option value={choice.deviceId} selected={choice.deviceId === props.current}>
              {choice.label || t(`lobby.numbered.${props.kind}`, { number: index() + 1 })}
            </option>
          )}
        </For>
      </select>
    </label>
  );
}
