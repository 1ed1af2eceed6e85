import { expect, it } from "vitest";
import { findChoice, recallDevices, rememberDevices } from "./device-choice.ts";

const headset = { deviceId: "a1", label: "Headset" };

function storageWith(text: string | null) {
  return {
    text,
    getItem() {
      return this.text;
    },
    setItem(_key: string, text: string) {
      this.text = text;
    },
  };
}

it("remembers what was chosen", () => {
  const storage = storageWith(null);
  rememberDevices(storage, { audio: headset, on: { audio: true, video: false } });
  expect(recallDevices(storage)).toEqual({ audio: headset, on: { audio: true, video: false } });
});

it.each([
  ...["", "{", "7", '{"audio":"a1"}', '{"on":{"audio":1,"video":true}}'],
  ...['{"camera":{"resolution":"8k"}}', '{"microphone":{"echoCancellation":"yes"}}'],
])("takes %j for nothing", (text) => {
  expect(recallDevices(storageWith(text))).toEqual({});
});

it("does without a storage, and with one that throws", () => {
  const blocked = {
    getItem: () => {
      throw new Error("blocked");
    },
    setItem: () => {
      throw new Error("blocked");
    },
  };
  expect(recallDevices(undefined)).toEqual({});
  expect(recallDevices(blocked)).toEqual({});
  expect(() => rememberDevices(blocked, {})).not.toThrow();
});

it("finds a device by its name when its id is another one", () => {
  const renamed = { deviceId: "b2", label: "Headset" };
  expect(findChoice(headset, [{ deviceId: "c", label: "Other" }, renamed])).toBe(renamed);
  expect(findChoice(headset, [{ deviceId: "c", label: "" }])).toBeUndefined();
  expect(findChoice({ deviceId: "x", label: "" }, [{ deviceId: "", label: "" }])).toBeUndefined();
});
