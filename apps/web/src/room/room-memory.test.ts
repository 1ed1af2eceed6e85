import { describe, expect, it } from "vitest";
import { type Items, items } from "../storage.ts";
import { forgetCall, recallCall, rememberCall } from "./room-memory.ts";

function memoryItems(): Items {
  const map = new Map<string, string>();
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

const call = { room: "kitchen", name: "Amy", audio: true, video: false, since: 1000 };

describe("the call of this tab", () => {
  it("comes back in its room, and in no other", () => {
    const tab = memoryItems();
    rememberCall(tab, call);
    expect(recallCall(tab, "kitchen")).toEqual(call);
    expect(recallCall(tab, "attic")).toBeUndefined();
  });

  it("is forgotten when it was ended", () => {
    const tab = memoryItems();
    rememberCall(tab, call);
    forgetCall(tab);
    expect(recallCall(tab, "kitchen")).toBeUndefined();
  });

  it.each(["", "null", "{", '{"room":"kitchen"}', "7"])("is none when storage holds %j", (text) => {
    const tab = memoryItems();
    tab.setItem("tincan.call", text);
    expect(recallCall(tab, "kitchen")).toBeUndefined();
  });

  it("is none where the browser keeps its storage from pages", () => {
    const blocked = items(() => {
      throw new DOMException("", "SecurityError");
    });
    rememberCall(blocked, call);
    expect(recallCall(blocked, "kitchen")).toBeUndefined();
  });
});
