import handIcon from "lucide-static/icons/hand.svg?raw";
import { type JSX, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Icon } from "../../parts/icon.tsx";
import type { CallDesk } from "../../room/call-desk.ts";
import type { Participant } from "../../room/participants.ts";

/** What is marked in the corner of a picture: a raised hand, a recording. */
export function PeerMarks(props: {
  readonly desk: CallDesk;
  readonly participant: Pick<Participant, "id" | "recording">;
}): JSX.Element {
  const name = (): string => props.desk.nameOf(props.participant.id);
  return (
    <span class="tile-marks">
      <Show when={props.desk.chat.raised(props.participant.id)}>
        <span class="mark-hand" role="img" aria-label={t("hand.raised", { name: name() })}>
          <Icon svg={handIcon} />
        </span>
      </Show>
      <Show when={props.participant.recording}>
        <span
          class="mark-recording"
          role="img"
          aria-label={t("record.other", { name: name() })}
          title={t("record.other", { name: name() })}
        />
      </Show>
    </span>
  );
}
