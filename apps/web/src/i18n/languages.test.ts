import { VERIFICATION_SYMBOLS } from "@tincan/client/verify";
import { describe, expect, it } from "vitest";
import { detectLanguage, LANGUAGE_CODES, LANGUAGES } from "./languages.ts";

describe("the language", () => {
  it("is the one that the address asks for", () => {
    expect(detectLanguage("?lang=zh", "en", ["en-GB"])).toBe("zh");
  });

  it("is else the one chosen before, else the browser's first that is spoken here", () => {
    expect(detectLanguage("", "zh", ["en"])).toBe("zh");
    expect(detectLanguage("", null, ["ja", "zh-Hans-CN", "en"])).toBe("zh");
    expect(detectLanguage("?lang=xx", null, ["zh-TW"])).toBe("zh");
  });

  it("is English when nothing fits", () => {
    expect(detectLanguage("", "constructor", ["ja"])).toBe("en");
    expect(detectLanguage("", null, [])).toBe("en");
  });
});

describe("every catalogue", () => {
  it.each(LANGUAGE_CODES)(
    "%s fills in the same words and leaves no sentence empty",
    async (code) => {
      const english = await LANGUAGES.en.load();
      const catalogue = await LANGUAGES[code].load();
      const wrong = Object.entries(english).filter(([key, text]) => {
        const translated = catalogue[key as keyof typeof english];
        return translated.trim() === "" || words(translated).join() !== words(text).join();
      });
      expect(wrong.map(([key]) => key)).toEqual([]);
    },
  );
});

function words(text: string): string[] {
  return [...text.matchAll(/\{\{ (\w+) \}\}/g)].map((match) => match[1] as string).sort();
}

describe("the signs of verification", () => {
  it.each(LANGUAGE_CODES)("have a word of their own each in %s", async (code) => {
    const symbols = await LANGUAGES[code].symbols();
    if (symbols.length === 0) return;
    expect(symbols).toHaveLength(VERIFICATION_SYMBOLS.length);
    expect(new Set(symbols).size).toBe(symbols.length);
  });
});
