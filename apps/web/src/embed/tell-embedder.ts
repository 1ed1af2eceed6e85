import {
  type EmbedCommand,
  type EmbedEvent,
  type EmbedPerson,
  embedMessage,
  isEmbedRefusal,
  parseEmbedCommand,
} from "@tincan/client/embed-messages";
import { createEffect, onCleanup } from "solid-js";
import { languageOf } from "../i18n/languages.ts";
import { chooseLanguage } from "../i18n/translate.ts";
import type { RoomSession } from "../room/room-session.ts";
import { MAX_NAME_LENGTH } from "../router/route.ts";
import { embedding, showTheme } from "./embedding.ts";

/**
 * Tells the page around this one what becomes of a room, and does what it asks. Texts of the chat and
 * pictures stay here: whoever may embed a call is not in it. Ends with the component that calls it.
 */
export function tellEmbedder(session: RoomSession): void {
  const { embedder } = embedding() ?? {};
  if (embedder === undefined || window.parent === window) return;
  const hear = ({ source, origin, data }: MessageEvent): void => {
    if (source !== window.parent || origin !== embedder) return;
    const command = parseEmbedCommand(data);
    if (command !== undefined) obey(session, command);
  };
  // With the frame goes the call, at once: nobody waits for its reload.
  const hangUp = (): void => void session.leave({ unloading: true });
  window.addEventListener("message", hear);
  window.addEventListener("pagehide", hangUp);
  onCleanup(() => {
    window.removeEventListener("message", hear);
    window.removeEventListener("pagehide", hangUp);
  });

  tell({ event: "ready" });
  tellOfMedia(session);
  tellOfCall(session);
}

/** Tells the page around this one that its room cannot be. */
export function tellOfBadRoom(): void {
  tell({ event: "error", code: "bad-room-name", message: "This cannot be the name of a room." });
}

function tell(event: EmbedEvent): void {
  const { embedder } = embedding() ?? {};
  // The browser delivers it to nobody but a page of that origin.
  if (embedder !== undefined) window.parent.postMessage(embedMessage(event), embedder);
}

function tellOfMedia({ media }: RoomSession): void {
  createEffect(() => tell({ event: "media", audio: media.audio.on(), video: media.video.on() }));
  for (const kind of ["audio", "video"] as const) {
    createEffect(() => {
      const fault = media[kind].fault();
      if (fault !== undefined) tell({ event: "device-fault", kind, fault });
    });
  }
}

function tellOfCall(session: RoomSession): void {
  createEffect(() => {
    const failure = session.failure();
    if (failure === undefined) return;
    const { code, message } = failure;
    if (isEmbedRefusal(code)) tell({ event: "refused", code, message });
    else tell({ event: "error", code, message });
  });
  createEffect(() => {
    if (session.door() === "waiting") tell({ event: "waiting" });
  });
  createEffect(() => {
    const now = session.phase();
    if (now.name === "ended") tell({ event: "left", reason: now.reason });
    if (now.name !== "call") return;
    const { call } = now;
    const listening = new AbortController();
    onCleanup(() => listening.abort());
    call.on("peer-joined", (peer) => tell({ event: "peer-joined", peer: person(peer) }), listening);
    call.on(
      "peer-left",
      ({ peer, reason }) => tell({ event: "peer-left", peer: person(peer), reason }),
      listening,
    );
    const peers = [...call.peers.values()].map(person);
    tell({ event: "joined", room: call.room, self: person(call.self), peers });
  });
}

function person({ id, name }: EmbedPerson): EmbedPerson {
  return { id, name };
}

function obey(session: RoomSession, command: EmbedCommand): void {
  switch (command.command) {
    case "join":
      if (session.phase().name !== "call" && session.phase().name !== "joining") {
        void session.join();
      }
      break;
    case "leave":
      if (session.door() === "waiting") session.withdraw();
      else void session.leave();
      break;
    case "set": {
      const { name, lang, theme } = command;
      if (name !== undefined) session.rename(name.trim().slice(0, MAX_NAME_LENGTH));
      for (const kind of ["audio", "video"] as const) {
        const device = session.media[kind];
        const wanted = command[kind];
        if (wanted !== undefined && wanted !== device.on()) void device.toggle();
      }
      const language = languageOf(lang ?? null);
      if (language !== undefined) void chooseLanguage(language);
      if (theme !== undefined) showTheme(theme);
      break;
    }
  }
}
