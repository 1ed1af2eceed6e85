import { describe, expect, it } from "vitest";
import { acquire, type DevicePort } from "./acquire.ts";
import type { DeviceKind, PermissionAnswer } from "./device-fault.ts";

type Behaviour = (constraints: MediaStreamConstraints) => string | undefined;

/** Browser whose getUserMedia fails with the error that `behaviour` names. */
function browser(
  behaviour: Behaviour,
  permissions: Partial<Record<DeviceKind, PermissionAnswer>> = {},
): DevicePort & { asked: MediaStreamConstraints[] } {
  const asked: MediaStreamConstraints[] = [];
  return {
    asked,
    secure: true,
    async getUserMedia(constraints) {
      asked.push(constraints);
      const name = behaviour(constraints);
      if (name !== undefined) throw new DOMException("", name);
      return {
        getTracks: () => Object.keys(constraints).map((kind) => ({ kind }) as MediaStreamTrack),
      };
    },
    permission: async (kind) => permissions[kind] ?? "granted",
  };
}

const both = { audio: {}, video: {} };

describe("acquire", () => {
  it("asks once for both", async () => {
    const port = browser(() => undefined);
    const { tracks, faults } = await acquire(both, port);
    expect(Object.keys(tracks).sort()).toEqual(["audio", "video"]);
    expect(faults).toEqual({});
    expect(port.asked).toHaveLength(1);
  });

  it("keeps the microphone when the camera fails", async () => {
    const port = browser(({ video }) => (video ? "NotReadableError" : undefined));
    const { tracks, faults } = await acquire(both, port);
    expect(Object.keys(tracks)).toEqual(["audio"]);
    expect(faults).toEqual({ video: "in-use" });
  });

  it("keeps the camera when the microphone fails", async () => {
    const port = browser(({ audio }) => (audio ? "NotFoundError" : undefined));
    const { tracks, faults } = await acquire(both, port);
    expect(Object.keys(tracks)).toEqual(["video"]);
    expect(faults).toEqual({ audio: "not-found" });
  });

  it("tells both faults when both fail, each its own", async () => {
    const port = browser(({ audio }) => (audio ? "NotFoundError" : "NotReadableError"));
    expect((await acquire(both, port)).faults).toEqual({ audio: "not-found", video: "in-use" });
  });

  it("tries the microphone alone when only the camera is blocked", async () => {
    const port = browser(({ video }) => (video ? "NotAllowedError" : undefined), {
      video: "denied",
      audio: "prompt",
    });
    const { tracks, faults } = await acquire(both, port);
    expect(Object.keys(tracks)).toEqual(["audio"]);
    expect(faults).toEqual({ video: "denied" });
    expect(port.asked).toHaveLength(2);
  });

  it("does not ask again somebody who has just closed the question", async () => {
    const port = browser(() => "NotAllowedError", { video: "prompt", audio: "prompt" });
    const { faults } = await acquire(both, port);
    expect(faults).toEqual({ audio: "dismissed", video: "dismissed" });
    expect(port.asked).toHaveLength(1);
  });

  it("tries each alone where the browser tells nothing of permissions", async () => {
    const port = browser(({ video }) => (video ? "NotAllowedError" : undefined), {
      video: "unknown",
      audio: "unknown",
    });
    const { tracks, faults } = await acquire(both, port);
    expect(Object.keys(tracks)).toEqual(["audio"]);
    expect(faults).toEqual({ video: "denied" });
  });

  it("takes another camera when the chosen one is gone", async () => {
    const port = browser(({ video }) =>
      typeof video === "object" && video.deviceId !== undefined
        ? "OverconstrainedError"
        : undefined,
    );
    const { tracks, faults } = await acquire({ video: { deviceId: { exact: "gone" } } }, port);
    expect(Object.keys(tracks)).toEqual(["video"]);
    expect(faults).toEqual({});
  });

  it("tells an insecure address from a browser without devices", async () => {
    const base = { getUserMedia: undefined, permission: async () => "unknown" as const };
    expect((await acquire(both, { ...base, secure: false })).faults).toEqual({
      audio: "insecure",
      video: "insecure",
    });
    expect((await acquire({ audio: {} }, { ...base, secure: true })).faults).toEqual({
      audio: "unsupported",
    });
  });

  it("asks for nothing when nothing is wanted", async () => {
    const port = browser(() => undefined);
    expect(await acquire({}, port)).toEqual({ tracks: {}, faults: {} });
    expect(port.asked).toEqual([]);
  });
});
