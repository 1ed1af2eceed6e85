import crownIcon from "lucide-static/icons/crown.svg?raw";
import handIcon from "lucide-static/icons/hand.svg?raw";
import micIcon from "lucide-static/icons/mic.svg?raw";
import micOffIcon from "lucide-static/icons/mic-off.svg?raw";
import pinIcon from "lucide-static/icons/pin.svg?raw";
import userPlusIcon from "lucide-static/icons/user-plus.svg?raw";
import removeIcon from "lucide-static/icons/user-x.svg?raw";
import videoIcon from "lucide-static/icons/video.svg?raw";
import videoOffIcon from "lucide-static/icons/video-off.svg?raw";
import { createSignal, For, type JSX, Show } from "solid-js";
import { t } from "../../../i18n/translate.ts";
import { Icon } from "../../../parts/icon.tsx";
import { QualityBars } from "../../../parts/quality-bars.tsx";
import type { CallDesk } from "../../../room/call-desk.ts";
import { initialOf, type Participant } from "../../../room/participants.ts";
import { RemoveDialog } from "../remove-dialog.tsx";
import { RoomSection } from "./room-section.tsx";

/** Everybody in the call, and how they are. */
export function PeoplePanel(props: { readonly desk: CallDesk }): JSX.Element {
  const { call, session, model, chat, room } = props.desk;
  const [removing, setRemoving] = createSignal<string>();
  return (
    <div class="panel-body">
      <p class="panel-note">
        {t("people.count", { count: model.participants.length + 1, most: call.capacity })}
      </p>
      <ul class="people">
        <li class="person">
          <span class="initial person-initial" aria-hidden="true">
            {initialOf(session.name() || t("call.you"))}
          </span>
          <span class="person-name">
            {session.name() === "" ? t("call.you") : t("people.self", { name: session.name() })}
            <HostMark shown={room.isHost()} />
          </span>
          <States
            hand={chat.raised(call.self.id)}
            recording={props.desk.recording.on()}
            audio={session.media.audio.on()}
            video={session.media.video.on()}
          />
        </li>
        <For each={model.participants}>
          {(participant) => (
            <Person
              desk={props.desk}
              participant={participant}
              onRemove={() => setRemoving(participant.id)}
            />
          )}
        </For>
      </ul>
      <button type="button" class="button" onClick={() => props.desk.invite()}>
        <Icon svg={userPlusIcon} />
        {t("call.invite")}
      </button>
      <RoomSection desk={props.desk} />
      <RemoveDialog
        name={removing() === undefined ? undefined : props.desk.nameOf(removing() ?? "")}
        onAnswer={(isYes) => {
          const peer = removing();
          setRemoving(undefined);
          if (isYes && peer !== undefined) void room.remove(peer);
        }}
      />
    </div>
  );
}

function Person(props: {
  readonly desk: CallDesk;
  readonly participant: Participant;
  readonly onRemove: () => void;
}): JSX.Element {
  const { chat, quality, view, room, toasts } = props.desk;
  const name = (): string => props.desk.nameOf(props.participant.id);
  const camera = () => props.participant.tiles.find(({ source }) => source !== "screen");
  const pinned = (): boolean => camera()?.id === view.pinned();
  return (
    <li class="person" data-peer={props.participant.id}>
      <span class="initial person-initial" aria-hidden="true">
        {initialOf(name())}
      </span>
      <span class="person-name">
        {name()}
        <HostMark shown={room.host() === props.participant.id} />
        <Show when={!props.participant.here}>
          <small>{t("people.away")}</small>
        </Show>
        <Show when={quality.pictureHeld(props.participant.id)}>
          <small>{t("people.picture-held")}</small>
        </Show>
      </span>
      <Show when={quality.of(props.participant.id)}>
        {(snapshot) => <QualityBars quality={snapshot().quality} />}
      </Show>
      <States
        hand={chat.raised(props.participant.id)}
        recording={props.participant.recording}
        audio={camera()?.audio === "on"}
        video={camera()?.video === "on"}
      />
      <span class="person-actions">
        <Show when={room.isHost()}>
          <button
            type="button"
            class="button-quiet button-icon"
            aria-label={t("people.ask-mute", { name: name() })}
            title={t("people.ask-mute", { name: name() })}
            aria-disabled={camera()?.audio !== "on"}
            onClick={() => {
              if (camera()?.audio !== "on") return;
              toasts.show(t("people.asked-mute", { name: name() }));
              void room.askToMute(props.participant.id, "audio");
            }}
          >
            <Icon svg={micOffIcon} />
          </button>
          <button
            type="button"
            class="button-quiet button-icon"
            aria-label={t("people.remove", { name: name() })}
            title={t("people.remove", { name: name() })}
            onClick={() => props.onRemove()}
          >
            <Icon svg={removeIcon} />
          </button>
        </Show>
        <button
          type="button"
          class="button-quiet button-icon"
          aria-pressed={pinned()}
          aria-label={t(pinned() ? "view.unpin" : "view.pin", { name: name() })}
          title={t(pinned() ? "view.unpin" : "view.pin", { name: name() })}
          onClick={() => view.pin(camera()?.id ?? "")}
        >
          <Icon svg={pinIcon} />
        </button>
      </span>
    </li>
  );
}

/** Whose room it is. */
function HostMark(props: { readonly shown: boolean }): JSX.Element {
  return (
    <Show when={props.shown}>
      <small class="host-mark">
        <Icon svg={crownIcon} />
        {t("people.host")}
      </small>
    </Show>
  );
}

function States(props: {
  readonly hand: boolean;
  readonly recording: boolean;
  readonly audio: boolean;
  readonly video: boolean;
}): JSX.Element {
  return (
    <span class="person-states">
      <Show when={props.hand}>
        <span class="mark-hand" role="img" aria-label={t("people.hand")}>
          <Icon svg={handIcon} />
        </span>
      </Show>
      <Show when={props.recording}>
        <span class="mark-recording" role="img" aria-label={t("people.records")} />
      </Show>
      <span
        role="img"
        classList={{ "is-off": !props.audio }}
        aria-label={t(props.audio ? "people.heard" : "people.muted")}
      >
        <Icon svg={props.audio ? micIcon : micOffIcon} />
      </span>
      <span
        role="img"
        classList={{ "is-off": !props.video }}
        aria-label={t(props.video ? "people.seen" : "people.unseen")}
      >
        <Icon svg={props.video ? videoIcon : videoOffIcon} />
      </span>
    </span>
  );
}
