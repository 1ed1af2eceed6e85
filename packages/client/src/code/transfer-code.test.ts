import { expect, test } from "vitest";
import { CODE_WORDS } from "./code-words.ts";
import { generateCode, parseCode } from "./transfer-code.ts";

test("there are 256 words, and three letters tell each from all others", () => {
  expect(new Set(CODE_WORDS.map((word) => word.slice(0, 3))).size).toBe(256);
  expect(CODE_WORDS.every((word) => /^[a-z]{5,8}$/.test(word))).toBe(true);
});

test("no two words are less than three letters apart", () => {
  const close = CODE_WORDS.flatMap((a, i) =>
    CODE_WORDS.slice(i + 1).flatMap((b) => (distance(a, b) < 3 ? [`${a} ${b}`] : [])),
  );
  expect(close).toEqual([]);
});

test("a code that was made is read again; its room tells the number alone", () => {
  const code = generateCode();
  expect(code.text).toMatch(/^[1-9][0-9]{3}(-[a-z]+){3}$/);
  expect(code.room).toBe(`send-${code.text.slice(0, 4)}`);
  expect(parseCode(code.text)).toEqual({ ok: true, value: code });
});

test.each(["4821-beacon-mosaic-tulip", " 4821 Beacon MOSAIC tulip ", "4821 bea mos tul"])(
  "%j is read as people mean it",
  (text) => {
    expect(parseCode(text)).toEqual({
      ok: true,
      value: { text: "4821-beacon-mosaic-tulip", room: "send-4821" },
    });
  },
);

test.each([
  ["", { fault: "shape" }],
  ["beacon-mosaic-tulip", { fault: "shape" }],
  ["4821-beacon-mosaic", { fault: "shape" }],
  ["821-beacon-mosaic-tulip", { fault: "shape" }],
  ["4821-beacon-mosaik-tulip", { fault: "word", word: "mosaik" }],
  ["4821-be-mosaic-tulip", { fault: "word", word: "be" }],
])("%j is no code", (text, fault) => {
  expect(parseCode(text)).toEqual({ ok: false, ...fault });
});

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, cost));
    }
    row = next;
  }
  return row.at(-1) as number;
}
