import { spell, wordsOf } from "@tincan/client/doctor";
import checkIcon from "lucide-static/icons/circle-check-big.svg?raw";
import faultIcon from "lucide-static/icons/circle-x.svg?raw";
import copyIcon from "lucide-static/icons/copy.svg?raw";
import alertIcon from "lucide-static/icons/triangle-alert.svg?raw";
import { createSignal, For, type JSX, Show } from "solid-js";
import { currentLanguage, t } from "../../i18n/translate.ts";
import { announce } from "../../parts/announcer.tsx";
import { Icon } from "../../parts/icon.tsx";
import type { DoctorModel } from "./doctor-model.ts";

const ICONS = { good: checkIcon, warning: alertIcon, fault: faultIcon };

/** What it comes to: one cause and one thing to do, in large words. */
export function VerdictCard(props: { readonly doctor: DoctorModel }): JSX.Element {
  const words = () => wordsOf(currentLanguage());
  const [copied, setCopied] = createSignal(false);
  let text: HTMLTextAreaElement | undefined;
  const [shown, setShown] = createSignal(false);

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.doctor.report());
      setCopied(true);
      announce(t("doctor.copied"));
    } catch {
      // Without a clipboard, as on insecure addresses, people copy it themselves.
      setShown(true);
      text?.select();
    }
  };

  return (
    <Show when={props.doctor.verdict()}>
      {(verdict) => (
        <section class="verdict" data-status={verdict().status} data-cause={verdict().root?.cause}>
          <h2>
            <Icon svg={ICONS[verdict().status]} />
            {t(`doctor.found.${verdict().status}`)}
          </h2>
          <Show when={verdict().root}>
            {(root) => (
              <>
                <p class="verdict-cause">{spell(root(), words())[0]}</p>
                <h3>{t("doctor.fix")}</h3>
                <p class="verdict-fix">{spell(root(), words())[1]}</p>
              </>
            )}
          </Show>
          <Show when={verdict().others.length > 0}>
            <h3>{t("doctor.also")}</h3>
            <ul class="verdict-others">
              <For each={verdict().others}>{(other) => <li>{spell(other, words())[0]}</li>}</For>
            </ul>
          </Show>
          <h3>{t("doctor.direct")}</h3>
          <p class="verdict-direct">{words().direct[verdict().directCall]}</p>
          <div class="verdict-actions">
            <button type="button" class="button" onClick={() => void copy()}>
              <Icon svg={copied() ? checkIcon : copyIcon} />
              {copied() ? t("doctor.copied") : t("doctor.copy")}
            </button>
            <span class="hint">{t("doctor.copy.hint")}</span>
          </div>
          <Show when={shown()}>
            <textarea
              ref={text}
              class="field verdict-report"
              readonly
              rows="8"
              aria-label={t("doctor.copy")}
            >
              {props.doctor.report()}
            </textarea>
          </Show>
        </section>
      )}
    </Show>
  );
}
