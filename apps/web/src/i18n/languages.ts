import type { Catalogue } from "./en.ts";

/** The languages by their primary tag. */
export type Language = "en" | "zh";

/** Every language the page speaks; one more is one file and one line here (and its tag above). */
export const LANGUAGES: Readonly<Record<Language, LanguageEntry>> = {
  en: {
    ...{ name: "English", htmlLang: "en" },
    load: async () => (await import("./en.ts")).en,
    symbols: async () => [],
  },
  zh: {
    ...{ name: "中文", htmlLang: "zh-Hans" },
    load: async () => (await import("./zh.ts")).zh,
    symbols: async () => (await import("./symbols-zh.ts")).symbols,
  },
};

export interface LanguageEntry {
  /** What it calls itself. */
  readonly name: string;
  /** BCP 47, for the `lang` attribute. */
  readonly htmlLang: string;
  load(): Promise<Catalogue>;
  /** The words for the signs of verification, in their order; none where the English ones stay. */
  symbols(): Promise<readonly string[]>;
}

export const LANGUAGE_CODES: readonly Language[] = Object.keys(LANGUAGES) as Language[];

/** The language to start in: the address decides, then what was chosen before, then the browser, then English. */
export function detectLanguage(
  search: string,
  remembered: string | null,
  preferred: readonly string[],
): Language {
  const asked = new URLSearchParams(search).get("lang");
  for (const tag of [asked, remembered, ...preferred]) {
    const language = languageOf(tag);
    if (language !== undefined) return language;
  }
  return "en";
}

/** The language that a tag asks for, where the page speaks it. */
export function languageOf(tag: string | null): Language | undefined {
  const primary = tag?.toLowerCase().split("-")[0];
  return LANGUAGE_CODES.find((code) => code === primary);
}
