import { generateRoomId, parseRoomId, type RoomIdFault } from "@tincan/signaling";
import arrowIcon from "lucide-static/icons/arrow-right.svg?raw";
import cloudOffIcon from "lucide-static/icons/cloud-off.svg?raw";
import downIcon from "lucide-static/icons/file-down.svg?raw";
import upIcon from "lucide-static/icons/file-up.svg?raw";
import lockIcon from "lucide-static/icons/lock-keyhole.svg?raw";
import userCheckIcon from "lucide-static/icons/user-check.svg?raw";
import videoIcon from "lucide-static/icons/video.svg?raw";
import { createSignal, type JSX, Show } from "solid-js";
import { t } from "../i18n/translate.ts";
import { DoctorLink } from "../parts/doctor-link.tsx";
import { Header } from "../parts/header.tsx";
import { Icon } from "../parts/icon.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { usePageTitle } from "../parts/page-title.ts";
import { Scene } from "../parts/scene.tsx";
import { navigate } from "../router/navigation.ts";
import { roomPath } from "../router/route.ts";
import "./start-page.css";

/** Where everybody begins: a new room, or one with a name. */
export function StartPage(): JSX.Element {
  usePageTitle(() => undefined);
  const startCall = (): void => {
    navigate(roomPath(generateRoomId((length) => crypto.getRandomValues(new Uint8Array(length)))));
  };
  return (
    <div class="page">
      <Header />
      <main class="start">
        <Scene />
        <PageHeading>{t("start.title")}</PageHeading>
        <p class="start-sentence">{t("start.sentence")}</p>
        <div class="start-actions">
          <button type="button" class="button button-primary button-large" onClick={startCall}>
            <Icon svg={videoIcon} />
            {t("start.new")}
          </button>
          <p class="start-or">{t("start.or")}</p>
          <RoomForm />
        </div>
        <nav class="start-files">
          <PageLink to="/send" icon={upIcon} text={t("start.send")} />
          <PageLink to="/receive" icon={downIcon} text={t("start.receive")} />
        </nav>
        <ul class="start-facts">
          <li>
            <Icon svg={userCheckIcon} />
            {t("start.fact.account")}
          </li>
          <li>
            <Icon svg={lockIcon} />
            {t("start.fact.direct")}
          </li>
          <li>
            <Icon svg={cloudOffIcon} />
            {t("start.fact.record")}
          </li>
        </ul>
        <p>
          <DoctorLink>{t("doctor.link")}</DoctorLink>
        </p>
      </main>
    </div>
  );
}

function PageLink(props: {
  readonly to: string;
  readonly icon: string;
  readonly text: string;
}): JSX.Element {
  const go = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    navigate(props.to);
  };
  return (
    <a class="button-quiet start-link" href={props.to} onClick={go}>
      <Icon svg={props.icon} />
      {props.text}
    </a>
  );
}

function RoomForm(): JSX.Element {
  let field!: HTMLInputElement;
  const [fault, setFault] = createSignal<RoomIdFault>();
  const go = (event: SubmitEvent): void => {
    event.preventDefault();
    const room = parseRoomId(field.value.trim());
    if (room.ok) {
      navigate(roomPath(room.value));
      return;
    }
    setFault(room.fault);
    field.focus();
  };
  return (
    <form class="start-form" onSubmit={go} novalidate>
      <div class="start-row">
        <input
          ref={field}
          class="field"
          type="text"
          aria-label={t("start.room")}
          aria-describedby="room-hint"
          aria-invalid={fault() !== undefined}
          placeholder={t("start.room.placeholder")}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          enterkeyhint="go"
          onInput={() => setFault(undefined)}
        />
        <button
          type="submit"
          class="button button-icon"
          aria-label={t("start.go")}
          title={t("start.go")}
        >
          <Icon svg={arrowIcon} />
        </button>
      </div>
      <p
        id="room-hint"
        class="hint"
        classList={{ "is-wrong": fault() !== undefined }}
        role="status"
      >
        <Show when={fault()} fallback={t("start.room.hint")}>
          {(reason) => t(`start.bad.${reason()}`)}
        </Show>
      </p>
    </form>
  );
}
