import { expect, test } from "vitest";
import { closestWord, didYouMean } from "./closest-word.ts";

const WORDS = ["port", "http-port", "host", "data-dir"];

test.each([
  ["prot", "port"],
  ["hosts", "host"],
  ["datadir", "data-dir"],
  ["HTTP-PORT", "http-port"],
  ["http", "http-port"],
  ["hos", "host"],
  ["zebra", undefined],
  ["", undefined],
])("%s means %s", (typed, meant) => {
  expect(closestWord(typed, WORDS)).toBe(meant);
});

test("a hint is a half sentence, or nothing", () => {
  expect(didYouMean("prot", WORDS)).toBe("; did you mean port?");
  expect(didYouMean("zebra", WORDS)).toBe("");
});
