import { describe, expect, it } from "vitest";
import { Timers } from "./timers.ts";

describe("Timers", () => {
  it("expire in the order of their instants, each once", () => {
    const timers = new Timers<"a" | "b" | "c">();
    timers.set("a", 30);
    timers.set("b", 10);
    timers.set("c", 20);
    expect(timers.deadline).toBe(10);
    expect(timers.expire(5)).toBeUndefined();
    expect(timers.expire(25)).toBe("b");
    expect(timers.expire(25)).toBe("c");
    expect(timers.expire(25)).toBeUndefined();
    expect(timers.deadline).toBe(30);
  });

  it("move when they are set again, and are gone when cleared", () => {
    const timers = new Timers<"a">();
    timers.set("a", 10);
    timers.set("a", 50);
    expect(timers.expire(49)).toBeUndefined();
    timers.clear("a");
    expect(timers.deadline).toBeUndefined();
  });
});
