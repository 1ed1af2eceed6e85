import { type JSX, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";
import type { CallDesk } from "../../room/call-desk.ts";

/** Says for as long as anybody keeps a recording that it is so, and who. */
export function RecordingMark(props: { readonly desk: CallDesk }): JSX.Element {
  const { recording, model } = props.desk;
  const who = (): string[] => [
    ...(recording.on() ? [t("call.you")] : []),
    ...model.participants.flatMap(({ id, recording: on }) => (on ? [props.desk.nameOf(id)] : [])),
  ];
  return (
    <Show when={who().length > 0}>
      <span
        class="recording-mark"
        role="img"
        aria-label={t("record.by", { names: who().join(", ") })}
        title={t("record.by", { names: who().join(", ") })}
      >
        <span class="mark-recording" />
        {t("record.mark")}
      </span>
    </Show>
  );
}
