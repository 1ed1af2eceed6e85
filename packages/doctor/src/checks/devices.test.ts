import { describe, expect, it, test } from "vitest";
import { CAUSES } from "../causes.ts";
import { checkCamera, checkMicrophone, checkNoDevice, checkSpeaker } from "./devices.ts";

describe("a camera", () => {
  const LIVELY = { width: 640, height: 480, framesPerSecond: 30, brightest: 200, moves: true };

  it("is good where its pictures are bright, move and come often enough", () => {
    expect(checkCamera({ ...LIVELY, framesPerSecond: 8 })).toEqual({
      id: "camera",
      status: "good",
      facts: { size: "640x480", framesPerSecond: 8, brightest: 200, moves: true },
    });
  });

  it.each([
    ["camera-black", "fault", { brightest: 20 }],
    ["camera-frozen", "fault", { moves: false }],
    ["camera-slow", "warning", { framesPerSecond: 7.4 }],
    // What is black has no pictures to move, and what is frozen none to count.
    ["camera-black", "fault", { brightest: 0, moves: false, framesPerSecond: 0 }],
    ["camera-frozen", "fault", { moves: false, framesPerSecond: 0 }],
  ] as const)("%s", (cause, status, different) => {
    expect(checkCamera({ ...LIVELY, ...different })).toMatchObject({ status, verdict: { cause } });
  });

  it("tells how slow it is", () => {
    const { verdict } = checkCamera({ ...LIVELY, framesPerSecond: 2.6 });
    expect(verdict?.about).toEqual({ rate: "3" });
  });
});

describe("a microphone", () => {
  it.each([
    ["a voice", { peak: 0.5, clipped: 0 }, -6],
    ["a shout", { peak: 1, clipped: 0.01 }, 0],
    ["a quiet room", { peak: 0.001, clipped: 0 }, -60],
  ])("is good with %s", (_what, sound, peakDb) => {
    expect(checkMicrophone(sound)).toMatchObject({ status: "good", facts: { peakDb } });
  });

  it("is silent where not even noise comes", () => {
    expect(checkMicrophone({ peak: 0, clipped: 0 })).toEqual({
      id: "microphone",
      status: "fault",
      facts: { peakDb: "silence", clippedPercent: 0 },
      verdict: { cause: "microphone-silent", about: {} },
    });
    expect(checkMicrophone({ peak: 0.0004, clipped: 0 }).verdict?.cause).toBe("microphone-silent");
  });

  it("distorts where more than the odd sample is as loud as can be", () => {
    expect(checkMicrophone({ peak: 1, clipped: 0.034 })).toMatchObject({
      status: "warning",
      facts: { clippedPercent: 3.4 },
      verdict: { cause: "microphone-clipping" },
    });
  });
});

test("only the person knows whether the speaker was heard", () => {
  expect(checkSpeaker(true)).toMatchObject({ status: "good" });
  expect(checkSpeaker(false)).toMatchObject({
    status: "fault",
    verdict: { cause: "speaker-silent" },
  });
});

describe("a device that could not be had", () => {
  it.each([
    ["denied", "denied"],
    ["security", "denied"],
    ["dismissed", "dismissed"],
    ["blocked-by-system", "blocked-by-system"],
    ["not-found", "missing"],
    ["in-use", "in-use"],
    ["overconstrained", "failed"],
    ["what no browser says", "failed"],
  ])("%s is %s, of both kinds", (reason, end) => {
    for (const device of ["camera", "microphone"] as const) {
      const { status, verdict } = checkNoDevice(device, reason);
      expect([status, verdict?.cause]).toEqual(["fault", `${device}-${end}`]);
      expect(CAUSES).toContain(verdict?.cause);
    }
  });
});
