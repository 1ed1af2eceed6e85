import micOffIcon from "lucide-static/icons/mic-off.svg?raw";
import { type JSX, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Icon } from "../../parts/icon.tsx";
import { OwnPicture } from "../../parts/own-picture.tsx";
import type { Box } from "../../room/arrange-tiles.ts";
import type { CallDesk } from "../../room/call-desk.ts";
import { initialOf } from "../../room/participants.ts";
import { PeerMarks } from "./peer-marks.tsx";
import { Reactions } from "./reactions.tsx";

/** One's own picture as one among several. */
export function SelfTile(props: { readonly desk: CallDesk; readonly box: Box }): JSX.Element {
  const { call, voices } = props.desk;
  return (
    <article
      class="tile tile-self"
      classList={{ "is-speaking": voices.speaks(call.self.id) }}
      aria-label={t("call.you")}
      style={{
        "--x": `${props.box.x}px`,
        "--y": `${props.box.y}px`,
        "--width": `${props.box.width}px`,
        "--height": `${props.box.height}px`,
      }}
    >
      <SelfPicture desk={props.desk} />
    </article>
  );
}

/** What is in one's own picture, wherever it stands. */
export function SelfPicture(props: { readonly desk: CallDesk }): JSX.Element {
  const { session, call } = props.desk;
  return (
    <>
      <Show
        when={session.media.video.track()}
        fallback={
          <span class="tile-vacant">
            <span class="initial" aria-hidden="true">
              {initialOf(session.name() || t("call.you"))}
            </span>
          </span>
        }
      >
        {(track) => <OwnPicture track={track()} label={t("call.you")} />}
      </Show>
      <PeerMarks desk={props.desk} participant={{ id: call.self.id, recording: false }} />
      <Reactions desk={props.desk} from={call.self.id} />
      <span class="tile-label">
        <Show when={!session.media.audio.on()}>
          <span class="tile-muted" role="img" aria-label={t("call.muted.you")}>
            <Icon svg={micOffIcon} />
          </span>
        </Show>
        <span class="tile-name">{t("call.you")}</span>
      </span>
    </>
  );
}
