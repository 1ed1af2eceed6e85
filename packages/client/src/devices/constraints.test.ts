import { describe, expect, it } from "vitest";
import { cameraConstraints, microphoneConstraints } from "./constraints.ts";

describe("what a camera is asked for", () => {
  it("is near 720p with 30 frames a second unless told", () => {
    expect(cameraConstraints()).toEqual({
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30 },
    });
  });

  it("is bounded as the fit says", () => {
    const of = (fit: "min" | "max" | "exact") =>
      cameraConstraints({ resolution: "1080p", frameRate: 15, fit })?.height;
    expect(of("min")).toEqual({ ideal: 1080, min: 1080 });
    expect(of("max")).toEqual({ ideal: 1080, max: 1080 });
    expect(of("exact")).toEqual({ exact: 1080 });
  });

  it("saves data: few frames, or no picture", () => {
    expect(cameraConstraints({ resolution: "1080p", saving: "low" })).toEqual({
      width: { ideal: 640, max: 640 },
      height: { ideal: 360, max: 360 },
      frameRate: { ideal: 10, max: 10 },
    });
    expect(cameraConstraints({ saving: "audio-only" })).toBeUndefined();
  });

  it("is exact about the side, and about a chosen device more than about the side", () => {
    expect(cameraConstraints({ facing: "environment" })?.facingMode).toEqual({
      exact: "environment",
    });
    const chosen = cameraConstraints({ facing: "user" }, "cam");
    expect(chosen?.deviceId).toEqual({ exact: "cam" });
    expect(chosen).not.toHaveProperty("facingMode");
  });

  it("names the blur only where somebody has said something of it", () => {
    for (const backgroundBlur of [true, false]) {
      expect(cameraConstraints({ backgroundBlur })?.backgroundBlur).toBe(backgroundBlur);
    }
    expect(cameraConstraints()).not.toHaveProperty("backgroundBlur");
  });
});

it("asks a microphone for all three of its filters, or without one of them", () => {
  expect(microphoneConstraints()).toEqual({
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  });
  expect(microphoneConstraints({ noiseSuppression: false }, "mic")).toEqual({
    echoCancellation: true,
    noiseSuppression: false,
    autoGainControl: true,
    deviceId: { exact: "mic" },
  });
});
