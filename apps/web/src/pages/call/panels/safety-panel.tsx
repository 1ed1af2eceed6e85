import { VERIFICATION_SYMBOLS } from "@tincan/client/verify";
import { createResource, For, type JSX, Match, Show, Switch } from "solid-js";
import { LANGUAGES } from "../../../i18n/languages.ts";
import { currentLanguage, t } from "../../../i18n/translate.ts";
import type { CallDesk } from "../../../room/call-desk.ts";
import "./safety-panel.css";

/** What two people read to each other to know that nobody sits in between. */
export function SafetyPanel(props: { readonly desk: CallDesk }): JSX.Element {
  const { model, safety } = props.desk;
  return (
    <div class="panel-body">
      <p class="panel-note">{t("safety.text")}</p>
      <Show when={safety.offered} fallback={<p class="panel-note">{t("safety.insecure")}</p>}>
        <For each={model.participants} fallback={<p class="panel-note">{t("safety.nobody")}</p>}>
          {({ id }) => <PeerSigns desk={props.desk} peer={id} />}
        </For>
        <p class="hint">{t("safety.hint")}</p>
      </Show>
    </div>
  );
}

function PeerSigns(props: { readonly desk: CallDesk; readonly peer: string }): JSX.Element {
  const { safety } = props.desk;
  const [words] = createResource(currentLanguage, (code) => LANGUAGES[code].symbols());
  return (
    <section class="safety" data-peer={props.peer}>
      <h3>{props.desk.nameOf(props.peer)}</h3>
      <Switch fallback={<p class="hint">{t("safety.waiting")}</p>}>
        <Match when={safety.failed(props.peer)}>
          <p class="hint is-wrong">{t("safety.failed")}</p>
        </Match>
        <Match when={safety.of(props.peer)}>
          {(signs) => (
            <ol class="safety-signs">
              <For each={signs()}>
                {(index) => (
                  <li>
                    <span class="safety-emoji" aria-hidden="true">
                      {VERIFICATION_SYMBOLS[index]?.emoji}
                    </span>
                    <span>
                      {words()?.[index] ?? VERIFICATION_SYMBOLS[index]?.name.replaceAll("-", " ")}
                    </span>
                  </li>
                )}
              </For>
            </ol>
          )}
        </Match>
      </Switch>
    </section>
  );
}
