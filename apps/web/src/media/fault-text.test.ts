import { describe, expect, it } from "vitest";
import { en } from "../i18n/en.ts";
import { faultTexts } from "./fault-text.ts";
import type { Platform } from "./platform.ts";

const chrome: Platform = { browser: "chrome", system: "other" };

describe("what is said of failed devices", () => {
  it("is nothing while none failed", () => {
    expect(faultTexts({ audio: undefined, video: undefined }, chrome)).toEqual([]);
  });

  it("is one sentence where both failed for one reason", () => {
    expect(faultTexts({ audio: "denied", video: "denied" }, chrome)).toEqual([
      {
        kinds: ["audio", "video"],
        key: "fault.denied",
        device: "device.both",
        cure: "cure.chrome",
      },
    ]);
  });

  it("is a sentence each where the reasons differ", () => {
    const texts = faultTexts({ audio: "not-found", video: "in-use" }, chrome);
    expect(texts.map(({ key, device }) => [key, device])).toEqual([
      ["fault.in-use", "device.camera"],
      ["fault.not-found", "device.microphone"],
    ]);
  });

  it("names the cure of the place that refused", () => {
    const mac: Platform = { browser: "safari", system: "mac" };
    const phone: Platform = { browser: "chrome", system: "android" };
    const cure = (fault: "denied" | "blocked-by-system", platform: Platform): string =>
      String(faultTexts({ audio: fault, video: undefined }, platform)[0]?.cure);
    expect(cure("blocked-by-system", mac)).toBe("cure.system.mac");
    expect(cure("denied", mac)).toBe("cure.safari");
    expect(cure("denied", phone)).toBe("cure.android");
    for (const fault of ["denied", "blocked-by-system"] as const) {
      for (const platform of [mac, phone, chrome])
        expect(en).toHaveProperty([cure(fault, platform)]);
    }
  });
});
