import { resolveTemplate, type Translator, translator } from "@solid-primitives/i18n";
import { type Accessor, createSignal } from "solid-js";
import { visits } from "../storage.ts";
import type { Catalogue } from "./en.ts";
import { detectLanguage, LANGUAGES, type Language } from "./languages.ts";

const REMEMBERED = "tincan.language";

const [catalogue, setCatalogue] = createSignal<Catalogue>();
const [language, setLanguage] = createSignal<Language>(
  detectLanguage(location.search, visits.getItem(REMEMBERED), navigator.languages),
);

/** The language that the page is in. */
export const currentLanguage: Accessor<Language> = language;

/** The text of a key in the current language; reactive. */
export const t: Translator<Catalogue> = translator<Catalogue, string>(
  () => catalogue() as Catalogue,
  resolveTemplate,
);

/** Loads the current language; nothing can be shown before. */
export async function loadLanguage(): Promise<void> {
  await use(language());
}

/** Changes the language, and remembers it. */
export async function chooseLanguage(chosen: Language): Promise<void> {
  visits.setItem(REMEMBERED, chosen);
  await use(chosen);
}

async function use(chosen: Language): Promise<void> {
  const loaded = await LANGUAGES[chosen].load();
  setCatalogue(() => loaded);
  setLanguage(chosen);
  document.documentElement.lang = LANGUAGES[chosen].htmlLang;
}
