import type { Call } from "@tincan/client";
import { onCleanup } from "solid-js";
import { t } from "../i18n/translate.ts";
import { announce } from "../parts/announcer.tsx";
import { type Attention, createAttention } from "./attention.ts";
import { type CallModel, createCallModel } from "./call-model.ts";
import { type ChatModel, createChatModel } from "./chat-model.ts";
import { createFilesModel, type FilesModel } from "./files-model.ts";
import { createFullScreen, type FullScreen } from "./full-screen.ts";
import { createPanelState, type PanelState } from "./panel-state.ts";
import { createPictureWindow, type PictureWindow } from "./picture-window.ts";
import { createPlayback, type Playback } from "./playback.ts";
import { createPreferences, type Preferences } from "./preferences.ts";
import { createQualityModel, type QualityModel } from "./quality-model.ts";
import { createRecordingModel, type RecordingModel } from "./recording-model.ts";
import { createRoomModel, type RoomModel } from "./room-model.ts";
import type { RoomSession } from "./room-session.ts";
import { createSafetyModel, type SafetyModel } from "./safety-model.ts";
import { createScreenModel, type ScreenModel } from "./screen-model.ts";
import { createToasts, type Toasts } from "./toasts.ts";
import { createViewState, type ViewState } from "./view-state.ts";
import { createVoices, type Voices } from "./voices.ts";

/** All that the views of one call share. */
export interface CallDesk {
  readonly call: Call;
  readonly session: RoomSession;
  readonly model: CallModel;
  readonly playback: Playback;
  readonly view: ViewState;
  readonly voices: Voices;
  readonly chat: ChatModel;
  readonly files: FilesModel;
  readonly screen: ScreenModel;
  readonly recording: RecordingModel;
  readonly quality: QualityModel;
  readonly safety: SafetyModel;
  readonly room: RoomModel;
  readonly panel: PanelState;
  readonly fullScreen: FullScreen;
  readonly picture: PictureWindow;
  readonly preferences: Preferences;
  readonly attention: Attention;
  readonly toasts: Toasts;
  /** The name to show for a peer, or for oneself. */
  nameOf(id: string): string;
  /** Shows how to bring somebody in. */
  invite(): void;
  /** Asks what to record, or ends the recording. */
  record(): void;
}

export interface CallDeskOptions {
  readonly call: Call;
  readonly session: RoomSession;
  readonly invite: () => void;
  readonly askRecording: () => void;
  /** Draws the call into a small window; the function that it answers takes it away. */
  readonly drawMini: (desk: CallDesk, into: Window) => () => void;
}

/** Sets the desk of a call; everything on it ends with the component that calls it. */
export function createCallDesk(options: CallDeskOptions): CallDesk {
  const { call, session, invite } = options;
  const preferences = createPreferences();
  const attention = createAttention(preferences);
  const toasts = createToasts();
  const panel = createPanelState();
  const view = createViewState();
  const voices = createVoices(call, session.media);
  const shown = (given: string): string => given || t("call.guest");
  const show = (name: "chat" | "files"): { label: string; run: () => void } => ({
    label: t("toast.show"),
    run: () => panel.open() !== name && panel.toggle(name),
  });

  const model = createCallModel(call, (happening, given) => {
    const sentence = t(`call.${happening}`, { name: shown(given) });
    announce(sentence);
    if (happening === "joined") attention.call(sentence);
  });
  const nameOf = (id: string): string => {
    if (id === call.self.id) return t("call.you");
    return shown(model.participants.find((one) => one.id === id)?.name ?? "");
  };
  const chat = createChatModel(call, {
    message(from, text) {
      const name = shown(from);
      toasts.show(t("chat.said", { name, text: shortened(text) }), show("chat"));
      attention.call(t("chat.from", { name }));
    },
    hand(id, raised) {
      if (id === call.self.id || !raised) return;
      toasts.show(t("hand.raised", { name: nameOf(id) }));
    },
    reaction(id, emoji) {
      if (id !== call.self.id) announce(t("chat.said", { name: nameOf(id), text: emoji }));
    },
  });
  const files = createFilesModel(call, {
    offered(from, name) {
      const sentence = t("files.offered", { name: shown(from), file: name });
      if (panel.open() === "files") announce(sentence);
      else toasts.show(sentence, show("files"));
      attention.call(sentence);
    },
    ended({ name, reason }) {
      if (reason === undefined) return;
      announce(t("files.over", { file: name, how: t(`files.ended.${reason}`) }));
    },
  });
  const screen = createScreenModel(call, (happening) => toasts.show(t(`screen.${happening}`)));
  const recording = createRecordingModel(call, session.recordings, (happening) => {
    toasts.show(t(`record.${happening}`));
  });
  const room = createRoomModel(call, {
    knock({ name }) {
      const sentence = t("knock.title", { name: shown(name) });
      announce(sentence);
      attention.knock(sentence);
    },
    asked(kind) {
      const device = session.media[kind];
      if (!device.on()) return;
      toasts.show(t(`asked.${kind}`), {
        label: t(kind === "audio" ? "asked.mute" : "asked.off"),
        run: () => device.on() && void device.toggle(),
      });
    },
    host(id, isSelf) {
      if (isSelf) toasts.show(t("room.host.you-now"));
      else if (id !== undefined) announce(t("room.host.now", { name: nameOf(id) }));
    },
    locked: (isLocked) => announce(t(isLocked ? "room.locked" : "room.unlocked")),
    password(hasPassword) {
      if (!hasPassword) session.setPassword("");
      announce(t(hasPassword ? "room.password.set" : "room.password.none"));
    },
    failed: (code) => toasts.show(t(code === "no-free-seat" ? "room.no-seat" : "room.failed")),
  });
  const quality = createQualityModel(call, (id) => {
    toasts.show(t("quality.held", { name: nameOf(id) }));
  });
  const offLost = session.media.devices.on("lost", ({ label, fallback }) => {
    toasts.show(
      fallback === undefined
        ? t("device.lost", { label })
        : t("device.replaced", { label, fallback }),
    );
  });
  onCleanup(offLost);

  const desk: CallDesk = {
    ...{ call, session, model, view, voices, chat, files, screen, recording, quality },
    ...{ room, panel, preferences, attention, toasts, nameOf, invite },
    record: () => (recording.on() ? recording.stop() : options.askRecording()),
    playback: createPlayback(),
    safety: createSafetyModel(call),
    fullScreen: createFullScreen(),
    picture: createPictureWindow(
      (into) => options.drawMini(desk, into),
      () =>
        document.querySelector<HTMLVideoElement>(
          ".tile.is-featured video:not(.is-unseen), .tile:not(.tile-self) video:not(.is-unseen)",
        ) ?? undefined,
    ),
  };
  return desk;
}

const SHOWN_CHARACTERS = 140;

function shortened(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
