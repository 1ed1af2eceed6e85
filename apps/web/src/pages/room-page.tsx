import { createMemo, type JSX, Match, Switch } from "solid-js";
import { tellEmbedder } from "../embed/tell-embedder.ts";
import { t } from "../i18n/translate.ts";
import { DoctorLink } from "../parts/doctor-link.tsx";
import { KeptRecordings } from "../parts/kept-recordings.tsx";
import { Mark } from "../parts/logo.tsx";
import { formatDuration } from "../room/duration.ts";
import { endText, type Phase } from "../room/phase.ts";
import { createRoomSession } from "../room/room-session.ts";
import type { RoomEntry } from "../router/route.ts";
import { CallPage } from "./call-page.tsx";
import { LobbyPage } from "./lobby-page.tsx";
import { NoticePage } from "./notice-page.tsx";

/** A room: lobby, call, and every way that it can end. */
export function RoomPage(props: { readonly room: string; readonly entry: RoomEntry }): JSX.Element {
  const session = createRoomSession(props.room, props.entry);
  const phase = session.phase;
  tellEmbedder(session);
  const inLobby = createMemo(() => {
    const now = phase();
    const isWaiting = session.door() === "waiting";
    return now.name === "lobby" || (now.name === "joining" && (now.fromLobby || isWaiting));
  });
  const phaseNamed = <Name extends Phase["name"]>(name: Name) => {
    const now = phase();
    return now.name === name ? (now as Extract<Phase, { name: Name }>) : undefined;
  };
  const again = (label: string): { label: string; run: () => void } => ({
    label,
    run: () => void session.join(),
  });

  return (
    <Switch>
      <Match when={inLobby()}>
        <LobbyPage session={session} />
      </Match>
      <Match when={phase().name === "joining"}>
        <main class="joining" aria-busy="true">
          <Mark />
          <p role="status">{session.media.starting() ? t("lobby.starting") : t("lobby.joining")}</p>
        </main>
      </Match>
      <Match when={phaseNamed("call")} keyed>
        {({ call, since }) => <CallPage session={session} call={call} since={since} />}
      </Match>
      <Match when={phaseNamed("ended")}>
        {(ended) => (
          <NoticePage
            title={t("ended.title")}
            text={`${t(endText(ended().reason))} ${t("ended.lasted", { duration: formatDuration(ended().lastedMs) })}`}
            action={again(t("ended.rejoin"))}
          >
            <KeptRecordings recordings={session.recordings} />
          </NoticePage>
        )}
      </Match>
      <Match when={phase().name === "full"}>
        <NoticePage title={t("full.title")} text={t("full.text")} action={again(t("full.retry"))} />
      </Match>
      <Match when={phase().name === "unreachable"}>
        <NoticePage
          title={t("unreachable.title")}
          text={t("unreachable.text")}
          action={again(t("unreachable.retry"))}
        >
          <DoctorLink>{t("doctor.why")}</DoctorLink>
        </NoticePage>
      </Match>
      <Match when={phaseNamed("refused")}>
        {(refused) => (
          <NoticePage
            title={t("refused.title")}
            text={t(refused().text)}
            action={again(t("unreachable.retry"))}
          />
        )}
      </Match>
    </Switch>
  );
}
