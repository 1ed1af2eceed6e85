import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Emitter } from "./emitter.ts";

const reported: unknown[] = [];

beforeEach(() => {
  reported.length = 0;
  vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test("what a listener throws is reported and stops nobody else", () => {
  const emitter = new Emitter<{ word: string }>();
  const heard: string[] = [];
  emitter.on("word", () => {
    throw new Error("mine");
  });
  emitter.on("word", (word) => heard.push(word));
  emitter.emit("word", "hello");
  expect(heard).toEqual(["hello"]);
  expect(reported).toEqual([new Error("mine")]);
});

test("listening ends by the function and by the signal, also in the middle of an event", () => {
  const emitter = new Emitter<{ word: string }>();
  const heard: string[] = [];
  const abort = new AbortController();
  const off = emitter.on("word", (word) => heard.push(`1 ${word}`));
  emitter.on("word", (word) => heard.push(`2 ${word}`), { signal: abort.signal });
  emitter.on("word", () => off());
  emitter.emit("word", "a");
  abort.abort();
  emitter.emit("word", "b");
  emitter.on("word", (word) => heard.push(`3 ${word}`), { signal: abort.signal });
  emitter.emit("word", "c");
  expect(heard).toEqual(["1 a", "2 a"]);
});
