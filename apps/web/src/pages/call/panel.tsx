import closeIcon from "lucide-static/icons/x.svg?raw";
import { ErrorBoundary, type JSX, lazy, Match, onMount, Suspense, Switch } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Icon } from "../../parts/icon.tsx";
import type { CallDesk } from "../../room/call-desk.ts";
import type { PanelName } from "../../room/panel-state.ts";
import { ChatPanel } from "./panels/chat-panel.tsx";
import { FilesPanel } from "./panels/files-panel.tsx";
import { PeoplePanel } from "./panels/people-panel.tsx";
import { SettingsPanel } from "./panels/settings-panel.tsx";
import "./panel.css";

/** Graphs and tables come when somebody asks for them. */
const ConnectionPanel = lazy(async () => ({
  default: (await import("./panels/connection-panel.tsx")).ConnectionPanel,
}));
const SafetyPanel = lazy(async () => ({
  default: (await import("./panels/safety-panel.tsx")).SafetyPanel,
}));

/** What is open beside the stage, or over it on phones. Escape closes it. */
export function Panel(props: { readonly desk: CallDesk; readonly name: PanelName }): JSX.Element {
  const { panel } = props.desk;
  let heading!: HTMLHeadingElement;
  onMount(() => heading.focus({ preventScroll: true }));
  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.stopPropagation();
    panel.close();
  };
  return (
    <aside class="panel" aria-labelledby="panel-title" onKeyDown={closeByKey}>
      <div class="panel-head">
        <h2 id="panel-title" tabindex="-1" ref={heading}>
          {t(`panel.${props.name}`)}
        </h2>
        <button
          type="button"
          class="button-quiet button-icon"
          aria-label={t("dialog.close")}
          onClick={() => panel.close()}
        >
          <Icon svg={closeIcon} />
        </button>
      </div>
      {/* A server that was updated meanwhile has the parts of this page no more. */}
      <ErrorBoundary fallback={<p class="panel-empty">{t("refused.outdated")}</p>}>
        <Suspense>
          <Switch>
            <Match when={props.name === "chat"}>
              <ChatPanel desk={props.desk} />
            </Match>
            <Match when={props.name === "people"}>
              <PeoplePanel desk={props.desk} />
            </Match>
            <Match when={props.name === "files"}>
              <FilesPanel desk={props.desk} />
            </Match>
            <Match when={props.name === "settings"}>
              <SettingsPanel desk={props.desk} />
            </Match>
            <Match when={props.name === "connection"}>
              <ConnectionPanel desk={props.desk} />
            </Match>
            <Match when={props.name === "safety"}>
              <SafetyPanel desk={props.desk} />
            </Match>
          </Switch>
        </Suspense>
      </ErrorBoundary>
    </aside>
  );
}
