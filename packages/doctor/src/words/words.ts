import type { CauseId } from "../causes.ts";
import type { CheckId, CheckStatus, SkipReason } from "../check.ts";
import type { DirectCall } from "../verdict.ts";
import { CHINESE } from "./chinese.ts";
import { ENGLISH } from "./english.ts";

/** One cause in a person's words: what is wrong, and what to do. `{name}` stands for a word of the diagnosis. */
export type CauseWords = readonly [cause: string, fix: string];

/** All that the doctor says, in one language. */
export interface Words {
  readonly examining: string;
  readonly statuses: Readonly<Record<CheckStatus, string>>;
  readonly checks: Readonly<Record<CheckId, string>>;
  readonly causes: Readonly<Record<CauseId, CauseWords>>;
  /** The names of facts; what is not here, such as a URL, stands for itself. */
  readonly facts: Readonly<Record<string, string>>;
  /** What facts and diagnoses say with a word of a program's; all else stands for itself. */
  readonly values: Readonly<Record<string, string>>;
  readonly reasons: Readonly<Record<SkipReason, string>>;
  readonly allGood: string;
  readonly labels: Readonly<Record<"cause" | "advice" | "fix" | "also" | "direct", string>>;
  readonly direct: Readonly<Record<DirectCall, string>>;
}

export const LANGUAGES = ["en", "zh"] as const;

export type Language = (typeof LANGUAGES)[number];

export function wordsOf(language: Language): Words {
  return language === "zh" ? CHINESE : ENGLISH;
}

/** The language of a process, by the variables of POSIX in their order; English where they name another. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || "";
  return /^zh([_.@-]|$)/i.test(locale) ? "zh" : "en";
}

/** Puts the words of a diagnosis into its sentence. */
export function fill(text: string, about: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => about[name] ?? whole);
}
