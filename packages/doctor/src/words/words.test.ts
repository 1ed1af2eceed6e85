import { expect, test } from "vitest";
import { CAUSES } from "../causes.ts";
import { languageOf, wordsOf } from "./words.ts";

test("both languages say of each cause what is wrong and what to do, with the same words of the diagnosis", () => {
  for (const cause of CAUSES) {
    const [english, chinese] = [wordsOf("en"), wordsOf("zh")].map(({ causes }) =>
      [...new Set(causes[cause].join().match(/\{\w+\}/g))].sort(),
    );
    expect([cause, chinese]).toEqual([cause, english]);
    for (const text of wordsOf("zh").causes[cause]) expect(text).toMatch(/\p{Script=Han}.*。$/u);
  }
});

test("both languages have words for the same facts and values", () => {
  const [english, chinese] = [wordsOf("en"), wordsOf("zh")];
  for (const kind of ["facts", "values", "reasons"] as const) {
    expect(Object.keys(chinese[kind])).toEqual(Object.keys(english[kind]));
  }
});

test.each([
  [{ LANG: "zh_CN.UTF-8" }, "zh"],
  [{ LANG: "en_US.UTF-8", LC_ALL: "zh" }, "zh"],
  [{ LANG: "zh_TW", LC_MESSAGES: "de_DE" }, "en"],
  [{ LANG: "zhx" }, "en"],
  [{}, "en"],
])("the language of %j is %s", (env, language) => {
  expect(languageOf(env)).toBe(language);
});
