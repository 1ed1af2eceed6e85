import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Recovery } from "./recovery.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function watched() {
  const calls: string[] = [];
  const link = { reachable: true };
  const recovery = new Recovery({
    reachable: () => link.reachable,
    restartIce: () => calls.push("restart"),
    replace: () => calls.push("replace"),
  });
  return { calls, link, recovery };
}

test("a failed connection is restarted at once, a disconnected one after three seconds", () => {
  const { calls, recovery } = watched();
  recovery.changed("failed");
  expect(calls).toEqual(["restart"]);
  recovery.changed("connected");
  recovery.changed("disconnected");
  vi.advanceTimersByTime(2_999);
  expect(calls).toEqual(["restart"]);
  vi.advanceTimersByTime(1);
  expect(calls).toEqual(["restart", "restart"]);
});

test("one that is negotiated and never begins is restarted, one that begins is not", () => {
  const { calls, recovery } = watched();
  recovery.negotiated();
  recovery.changed("connecting");
  vi.advanceTimersByTime(10_000);
  expect(calls).toEqual([]);
  const stuck = watched();
  stuck.recovery.negotiated();
  vi.advanceTimersByTime(5_000);
  expect(stuck.calls).toEqual(["restart"]);
});

test("one that takes the place of another, and never begins, is restarted too", () => {
  const { calls, recovery } = watched();
  recovery.changed("connected");
  recovery.begun();
  recovery.negotiated();
  vi.advanceTimersByTime(5_000);
  expect(calls).toEqual(["restart"]);
});

test("one on which nobody ever answers is made anew, until somebody does", () => {
  // An offer that met no seat at a restarted server, and an answer that is waited for at the other end.
  const { calls, link, recovery } = watched();
  recovery.begun();
  vi.advanceTimersByTime(8_999);
  expect(calls).toEqual([]);
  link.reachable = false;
  vi.advanceTimersByTime(1);
  expect(calls).toEqual([]);
  link.reachable = true;
  vi.advanceTimersByTime(4_000);
  expect(calls).toEqual(["replace"]);
  recovery.begun();
  recovery.negotiated();
  recovery.changed("connecting");
  recovery.changed("connected");
  vi.advanceTimersByTime(120_000);
  expect(calls).toEqual(["replace"]);
});

test("one that comes back by itself is left alone", () => {
  const { calls, recovery } = watched();
  recovery.changed("disconnected");
  vi.advanceTimersByTime(2_000);
  recovery.changed("connected");
  vi.advanceTimersByTime(60_000);
  expect(calls).toEqual([]);
});

test("waits grow, and after three restarts the connection is replaced", () => {
  const { calls, recovery } = watched();
  recovery.changed("failed");
  vi.advanceTimersByTime(4_000);
  expect(calls).toHaveLength(2);
  vi.advanceTimersByTime(7_999);
  expect(calls).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(calls).toEqual(["restart", "restart", "restart"]);
  vi.advanceTimersByTime(16_000);
  expect(calls).toEqual(["restart", "restart", "restart", "replace"]);
});

test("nothing is tried while nobody can hear it, and it does not count", () => {
  const { calls, link, recovery } = watched();
  link.reachable = false;
  recovery.changed("failed");
  vi.advanceTimersByTime(120_000);
  expect(calls).toEqual([]);
  link.reachable = true;
  recovery.hurry();
  expect(calls).toEqual(["restart"]);
});

test("a broken connection is replaced, with growing waits", () => {
  const { calls, recovery } = watched();
  recovery.broken();
  vi.advanceTimersByTime(4_000);
  expect(calls).toEqual(["replace"]);
  recovery.broken();
  vi.advanceTimersByTime(7_999);
  expect(calls).toEqual(["replace"]);
  vi.advanceTimersByTime(1);
  expect(calls).toEqual(["replace", "replace"]);
});

test("one that the other side has closed is replaced at once, or when that side can be reached again", () => {
  const { calls, link, recovery } = watched();
  recovery.gone();
  expect(calls).toEqual(["replace"]);
  recovery.stop();
  link.reachable = false;
  recovery.gone();
  expect(calls).toEqual(["replace"]);
  link.reachable = true;
  vi.advanceTimersByTime(4_000);
  expect(calls).toEqual(["replace", "replace"]);
  recovery.stop();
  link.reachable = false;
  recovery.gone();
  link.reachable = true;
  recovery.hurry();
  expect(calls).toEqual(["replace", "replace", "replace"]);
});
