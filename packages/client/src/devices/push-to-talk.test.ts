import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type KeyPress, PushToTalk } from "./push-to-talk.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function press(over: Partial<Omit<KeyPress, "target">> & { target?: object } = {}): KeyPress {
  const { target = null, ...rest } = over;
  return {
    code: "Space",
    repeat: false,
    preventDefault: vi.fn(),
    target: target as EventTarget | null,
    ...rest,
  };
}

function pushToTalk(code?: string) {
  const said: boolean[] = [];
  const talk = (talking: boolean) => void said.push(talking);
  return { said, key: new PushToTalk({ talk, ...(code !== undefined && { code }) }) };
}

it("talks while the key is held, and to the end of the word", () => {
  const { said, key } = pushToTalk();
  key.keyDown(press());
  key.keyDown(press({ repeat: true }));
  expect(said).toEqual([true]);
  key.keyUp(press());
  vi.advanceTimersByTime(199);
  expect(said).toEqual([true]);
  vi.advanceTimersByTime(1);
  expect(said).toEqual([true, false]);
});

it("goes on when the key is pressed again at once", () => {
  const { said, key } = pushToTalk();
  key.down();
  key.up();
  vi.advanceTimersByTime(100);
  key.down();
  vi.advanceTimersByTime(1_000);
  expect(said).toEqual([true]);
});

it("leaves keys alone that write or mean something else", () => {
  const { said, key } = pushToTalk();
  for (const event of [
    press({ target: { tagName: "TEXTAREA" } }),
    press({ target: { tagName: "INPUT", type: "text" } }),
    press({ target: { isContentEditable: true } }),
    press({ ctrlKey: true }),
    press({ code: "KeyM" }),
  ]) {
    key.keyDown(event);
    expect(event.preventDefault).not.toHaveBeenCalled();
  }
  expect(said).toEqual([]);
  key.keyDown(press({ target: { tagName: "INPUT", type: "checkbox" } }));
  expect(said).toEqual([true]);
});

it("takes another key, and lets go of the old one", () => {
  const { said, key } = pushToTalk("KeyT");
  key.keyDown(press({ code: "KeyT" }));
  key.code = "F8";
  vi.advanceTimersByTime(200);
  key.keyDown(press({ code: "KeyT" }));
  expect(said).toEqual([true, false]);
  key.keyDown(press({ code: "F8" }));
  expect(key.talking).toBe(true);
});

it("lets go when the window loses the focus, and when the listening ends", () => {
  const { said, key } = pushToTalk();
  const page = new EventTarget();
  const ended = new AbortController();
  key.listen(page, ended.signal);
  key.down();
  page.dispatchEvent(new Event("blur"));
  vi.advanceTimersByTime(200);
  expect(said).toEqual([true, false]);
  key.down();
  ended.abort();
  expect(said).toEqual([true, false, true, false]);
});
