import activityIcon from "lucide-static/icons/activity.svg?raw";
import recordIcon from "lucide-static/icons/circle-dot.svg?raw";
import moreIcon from "lucide-static/icons/ellipsis.svg?raw";
import eyeOffIcon from "lucide-static/icons/eye-off.svg?raw";
import fileIcon from "lucide-static/icons/file-up.svg?raw";
import keyboardIcon from "lucide-static/icons/keyboard.svg?raw";
import gridIcon from "lucide-static/icons/layout-grid.svg?raw";
import lockIcon from "lucide-static/icons/lock-keyhole.svg?raw";
import maximizeIcon from "lucide-static/icons/maximize.svg?raw";
import minimizeIcon from "lucide-static/icons/minimize.svg?raw";
import screenIcon from "lucide-static/icons/monitor-up.svg?raw";
import pictureIcon from "lucide-static/icons/picture-in-picture-2.svg?raw";
import speakerViewIcon from "lucide-static/icons/presentation.svg?raw";
import settingsIcon from "lucide-static/icons/settings.svg?raw";
import shieldIcon from "lucide-static/icons/shield-check.svg?raw";
import flipIcon from "lucide-static/icons/switch-camera.svg?raw";
import userPlusIcon from "lucide-static/icons/user-plus.svg?raw";
import usersIcon from "lucide-static/icons/users.svg?raw";
import { createSignal, type JSX, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Icon } from "../../parts/icon.tsx";
import { RoundButton } from "../../parts/round-button.tsx";
import type { CallDesk } from "../../room/call-desk.ts";
import { ReactionBar } from "./reaction-bar.tsx";

/** Everything that finds no place in the bar. */
export function MoreMenu(props: {
  readonly desk: CallDesk;
  readonly onShortcuts: () => void;
}): JSX.Element {
  const { panel, view, fullScreen, picture, screen, recording, files, room } = props.desk;
  const { media } = props.desk.session;
  const [open, setOpen] = createSignal(false);
  let sheet!: HTMLElement;
  let holder!: HTMLDivElement;
  const waiting = (): number => (open() ? 0 : files.asking());
  const close = (): void => void setOpen(false);
  const choose = (act: () => void) => () => {
    close();
    // Back to the button first: what the choice opens gives the focus back to where it was.
    holder.querySelector("button")?.focus();
    act();
  };
  const toggle = (): void => {
    setOpen(!open());
    if (open()) sheet.querySelector<HTMLElement>("button")?.focus();
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && open()) {
      event.stopPropagation();
      choose(() => {})();
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const items = [...sheet.querySelectorAll<HTMLElement>(".menu-item")];
    if (items.length === 0) return;
    event.preventDefault();
    const at = items.indexOf(document.activeElement as HTMLElement);
    const step = event.key === "ArrowDown" ? 1 : -1;
    items.at((at + step + items.length) % items.length)?.focus();
  };
  const leave = (event: FocusEvent): void => {
    if (event.relatedTarget instanceof Node && !holder.contains(event.relatedTarget)) close();
  };
  const Item = (item: {
    readonly svg: string;
    readonly label: string;
    readonly class?: string;
    readonly badge?: number;
    readonly act: () => void;
  }): JSX.Element => (
    <button type="button" class={`menu-item ${item.class ?? ""}`} onClick={choose(item.act)}>
      <Icon svg={item.svg} />
      {item.label}
      <Show when={(item.badge ?? 0) > 0}>
        <span class="badge">{item.badge}</span>
      </Show>
    </button>
  );

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys that bubble up from the buttons inside
    <div ref={holder} class="more" onKeyDown={keys} onFocusOut={leave}>
      <RoundButton
        svg={moreIcon}
        label={waiting() > 0 ? t("call.more-waiting", { count: waiting() }) : t("call.more")}
        expanded={open()}
        badge={waiting()}
        onClick={toggle}
      />
      <Show when={open()}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a second way to close, for pointers */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same */}
        <div class="menu-beside" onClick={close} />
      </Show>
      <section ref={sheet} class="menu" hidden={!open()} aria-label={t("call.more")}>
        <ReactionBar desk={props.desk} />
        <div class="menu-items">
          <Show when={screen.offered}>
            <Item
              svg={screenIcon}
              class="narrow-only"
              label={t(screen.on() ? "screen.stop" : "screen.start")}
              act={() => void screen.toggle()}
            />
          </Show>
          <Item
            svg={usersIcon}
            class="narrow-only"
            label={t("panel.people")}
            act={() => panel.toggle("people")}
          />
          <Show when={room.isHost()}>
            <Item
              svg={lockIcon}
              label={t("room.title")}
              act={() => {
                if (panel.open() !== "people") panel.toggle("people");
                document.querySelector("#room-section-title")?.scrollIntoView();
              }}
            />
          </Show>
          <Show when={media.video.on() && media.video.choices().length > 1}>
            <Item
              svg={flipIcon}
              class="narrow-only"
              label={t("settings.flip")}
              act={() => void media.devices.flip()}
            />
          </Show>
          <Item
            svg={fileIcon}
            label={t("panel.files")}
            badge={files.asking()}
            act={() => panel.toggle("files")}
          />
          <Show when={recording.offered}>
            <Item
              svg={recordIcon}
              label={t(recording.on() ? "record.stop" : "record.start")}
              act={() => props.desk.record()}
            />
          </Show>
          <Item
            svg={view.mode() === "grid" ? speakerViewIcon : gridIcon}
            label={t(view.mode() === "grid" ? "view.speaker" : "view.grid")}
            act={() => view.changeMode()}
          />
          <Item
            svg={eyeOffIcon}
            label={t(view.selfShown() ? "view.hide-self" : "view.show-self")}
            act={() => view.toggleSelf()}
          />
          <Show when={picture.offered}>
            <Item
              svg={pictureIcon}
              label={t(picture.on() ? "view.picture-off" : "view.picture")}
              act={() => void picture.toggle()}
            />
          </Show>
          <Show when={fullScreen.offered}>
            <Item
              svg={fullScreen.on() ? minimizeIcon : maximizeIcon}
              label={t(fullScreen.on() ? "view.window" : "view.full-screen")}
              act={() => fullScreen.toggle()}
            />
          </Show>
          <Item
            svg={userPlusIcon}
            class="narrow-only"
            label={t("call.invite")}
            act={() => props.desk.invite()}
          />
          <Item
            svg={activityIcon}
            label={t("panel.connection")}
            act={() => panel.toggle("connection")}
          />
          <Item svg={shieldIcon} label={t("panel.safety")} act={() => panel.toggle("safety")} />
          <Item
            svg={settingsIcon}
            label={t("panel.settings")}
            act={() => panel.toggle("settings")}
          />
          <Item
            svg={keyboardIcon}
            class="keyboard-only"
            label={t("shortcuts.title")}
            act={props.onShortcuts}
          />
        </div>
      </section>
    </div>
  );
}
