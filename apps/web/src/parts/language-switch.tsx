import languagesIcon from "lucide-static/icons/languages.svg?raw";
import { For, type JSX } from "solid-js";
import { LANGUAGE_CODES, LANGUAGES, type Language } from "../i18n/languages.ts";
import { chooseLanguage, currentLanguage, t } from "../i18n/translate.ts";
import { Icon } from "./icon.tsx";

/** The choice of language, remembered. */
export function LanguageSwitch(): JSX.Element {
  return (
    <label class="language">
      <Icon svg={languagesIcon} />
      <span class="visually-hidden">{t("language.label")}</span>
      <select onChange={(event) => void chooseLanguage(event.currentTarget.value as Language)}>
        <For each={LANGUAGE_CODES}>
          {(code) => (
            <option
              value={code}
              lang={LANGUAGES[code].htmlLang}
              selected={code === currentLanguage()}
            >
              {LANGUAGES[code].name}
            </option>
          )}
        </For>
      </select>
    </label>
  );
}
