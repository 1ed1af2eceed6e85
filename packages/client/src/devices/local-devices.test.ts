import { expect, it, vi } from "vitest";
import type { DeviceSource } from "./browser-devices.ts";
import type { DeviceKind } from "./device-fault.ts";
import {
  LocalDevices,
  type LocalDevicesEvents,
  type LocalDevicesOptions,
} from "./local-devices.ts";

interface FakeDevice {
  readonly kind: DeviceKind | "speaker";
  readonly deviceId: string;
  readonly label: string;
  readonly facing?: string;
  /** The only height of its pictures, where it has but one. */
  readonly height?: number;
}

class FakeTrack extends EventTarget {
  readonly kind: string;
  readonly label: string;
  readyState = "live";
  enabled = true;
  contentHint = "";
  readonly #device: FakeDevice;
  readonly #settings: MediaTrackConstraints;

  constructor(device: FakeDevice, settings: MediaTrackConstraints) {
    super();
    this.kind = device.kind;
    this.label = device.label;
    this.#device = device;
    this.#settings = settings;
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** The device was pulled out. */
  lose(): void {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }

  getSettings(): object {
    const { echoCancellation } = this.#settings;
    const { deviceId, facing } = this.#device;
    return { deviceId, echoCancellation, ...(facing !== undefined && { facingMode: facing }) };
  }

  /** As Chromium: the filters of a microphone stay as they were opened. */
  async applyConstraints(): Promise<void> {}
}

const CAMS: readonly FakeDevice[] = [
  { kind: "video", deviceId: "cam1", label: "Camera 1" },
  { kind: "video", deviceId: "cam2", label: "Camera 2" },
];
const MIC: FakeDevice = { kind: "audio", deviceId: "mic1", label: "Headset" };

/** A browser with these devices; `oneCamera` opens no second one beside another, as phones do. */
function setUp(
  devices: readonly FakeDevice[],
  options: LocalDevicesOptions = {},
  oneCamera = false,
) {
  const browser = { devices: [...devices], tracks: [] as FakeTrack[], asked: 0, plug: () => {} };
  const open = (kind: DeviceKind, wanted: MediaTrackConstraints): FakeTrack => {
    const id = (wanted.deviceId as { exact: string } | undefined)?.exact;
    const facing = (wanted.facingMode as { exact: string } | undefined)?.exact;
    const all = browser.devices.filter((device) => device.kind === kind);
    if (all.length === 0) throw new DOMException("", "NotFoundError");
    const height = (wanted.height as { exact?: number } | undefined)?.exact;
    const device = all.find(
      (one) =>
        (id ?? one.deviceId) === one.deviceId &&
        (facing ?? one.facing) === one.facing &&
        (height ?? one.height) === (one.height ?? height),
    );
    if (device === undefined) throw new DOMException("", "OverconstrainedError");
    const isOpen = browser.tracks.some((one) => one.kind === "video" && one.readyState === "live");
    if (oneCamera && kind === "video" && isOpen) throw new DOMException("", "NotReadableError");
    return new FakeTrack(device, wanted);
  };
  const source: DeviceSource = {
    port: () => ({
      secure: true,
      permission: async () => "granted",
      async getUserMedia(constraints) {
        browser.asked += 1;
        const tracks = (["audio", "video"] as const).flatMap((kind) =>
          constraints[kind] ? open(kind, constraints[kind] as MediaTrackConstraints) : [],
        );
        browser.tracks.push(...tracks);
        return { getTracks: () => tracks as unknown as MediaStreamTrack[] };
      },
    }),
    list: async (kind) => browser.devices.filter((device) => device.kind === kind),
    watch: (listener) => {
      browser.plug = listener;
    },
  };
  const local = new LocalDevices({ source, ...options });
  const lost: LocalDevicesEvents["lost"][] = [];
  local.on("lost", (detail) => void lost.push(detail));
  return { browser, local, lost };
}

function storage() {
  let text: string | null = null;
  return {
    getItem: () => text,
    setItem: (_: string, value: string) => {
      text = value;
    },
  };
}

it("asks once for both, and gives the camera back when it is turned off", async () => {
  const { browser, local } = setUp([...CAMS, MIC]);
  await local.start();
  expect(browser.asked).toBe(1);
  const camera = local.video.track;
  await local.video.toggle();
  expect(camera?.readyState).toBe("ended");
  expect(local.video.track).toBeUndefined();
  await local.audio.toggle();
  expect(local.audio.track).toMatchObject({ readyState: "live", enabled: false });
  await local.video.toggle();
  expect(local.video.track?.readyState).toBe("live");
});

it("keeps the old camera until the new one is there", async () => {
  const { local } = setUp(CAMS, { initially: { audio: false } });
  await local.start();
  const old = local.video.track;
  const states: (string | undefined)[] = [];
  local.on("changed", () => {
    if (local.video.track !== old) states.push(old?.readyState);
  });
  await local.video.choose("cam2");
  expect(states[0]).toBe("live");
  expect(old?.readyState).toBe("ended");
  expect(local.video.applied?.deviceId).toBe("cam2");
});

it("lets go of the old camera where only one can be open", async () => {
  const { local } = setUp(CAMS, { initially: { audio: false } }, true);
  await local.start();
  await local.video.choose("cam2");
  expect(local.video.applied?.deviceId).toBe("cam2");
  expect(local.video.fault).toBeUndefined();
});

it("falls back to another camera when one is pulled out, and says so", async () => {
  const { browser, local, lost } = setUp(CAMS, { initially: { audio: false } });
  await local.start();
  browser.devices.shift();
  browser.tracks[0]?.lose();
  await vi.waitFor(() => expect(lost).toHaveLength(1));
  expect(lost).toEqual([{ kind: "video", label: "Camera 1", fallback: "Camera 2" }]);
  expect(local.video).toMatchObject({ on: true, fault: undefined });
});

it("goes off when there is no other, or when it was only taken away from the page", async () => {
  for (const gone of [true, false]) {
    const { browser, local, lost } = setUp([MIC], { initially: { video: false } });
    await local.start();
    if (gone) browser.devices.pop();
    browser.tracks[0]?.lose();
    await vi.waitFor(() => expect(lost).toHaveLength(1));
    expect(lost[0]?.fallback).toBeUndefined();
    expect(local.audio).toMatchObject({ on: false, fault: "stopped", track: undefined });
  }
});

it("tells of what is plugged in", async () => {
  const { browser, local } = setUp([MIC], { initially: { video: false } });
  const told: LocalDevicesEvents["plugged"][] = [];
  local.on("plugged", (detail) => void told.push(detail));
  await local.start();
  const second: FakeDevice = { kind: "audio", deviceId: "mic2", label: "Table" };
  browser.devices.push(second);
  browser.plug();
  await vi.waitFor(() => expect(told).toHaveLength(1));
  expect(told[0]).toEqual({ kind: "audio", added: [second], removed: [] });
  expect(local.audio.choices).toHaveLength(2);
});

it("opens a microphone again whose filters the browser does not change while it runs", async () => {
  const { local } = setUp([MIC], { initially: { video: false } });
  await local.start();
  const old = local.audio.track;
  await local.changeMicrophone({ echoCancellation: false });
  expect(old?.readyState).toBe("ended");
  expect(local.audio.applied?.echoCancellation).toBe(false);
});

it("flips to the other side of a phone, and to the next camera of a computer", async () => {
  const phone = CAMS.map((cam, index) => ({ ...cam, facing: index ? "environment" : "user" }));
  const { local } = setUp(phone, { initially: { audio: false }, camera: { facing: "user" } }, true);
  await local.start();
  expect(local.video.applied?.facing).toBe("user");
  await local.flip();
  expect(local.video.applied?.facing).toBe("environment");
  await local.flip();
  expect(local.video.applied?.facing).toBe("user");

  const { local: computer } = setUp(CAMS, { initially: { audio: false } });
  await computer.start();
  await computer.flip();
  expect(computer.video.applied?.deviceId).toBe("cam2");
  await computer.flip();
  expect(computer.video.applied?.deviceId).toBe("cam1");
});

it("remembers the choice and what was on, also when the id is another one the next time", async () => {
  const memory = storage();
  const first = setUp([...CAMS, MIC], { storage: memory });
  await first.local.start();
  await first.local.video.choose("cam2");
  await first.local.audio.setOn(false);
  first.local.dispose();
  const renamed = CAMS.map((cam) => ({ ...cam, deviceId: `${cam.deviceId}-later` }));
  const { local } = setUp([...renamed, MIC], { storage: memory });
  expect([local.audio.on, local.video.on]).toEqual([false, true]);
  await local.start();
  expect(local.video.applied?.deviceId).toBe("cam2-later");
  expect(local.audio.track).toBeUndefined();
});

it("remembers what was asked of camera and microphone, unless told", async () => {
  const memory = storage();
  const first = setUp([...CAMS, MIC], { storage: memory });
  await first.local.changeCamera({ resolution: "360p", frameRate: 15, fit: "max", saving: "low" });
  await first.local.changeCamera({ backgroundBlur: true, facing: "environment" });
  await first.local.changeMicrophone({ noiseSuppression: false });
  first.local.dispose();
  const camera = { resolution: "1080p" } as const;
  const { local } = setUp([...CAMS, MIC], { storage: memory, camera });
  expect(local.cameraSettings).toEqual({
    ...{ resolution: "1080p", frameRate: 15, fit: "max", saving: "low" },
    ...{ backgroundBlur: true, facing: undefined },
  });
  expect(local.microphoneSettings).toEqual({
    ...{ echoCancellation: true, noiseSuppression: false, autoGainControl: true },
  });
});

it("gives up a limit of another visit that the camera of today cannot keep, and no limit of today", async () => {
  const memory = storage();
  const low: FakeDevice = { kind: "video", deviceId: "low", label: "Old camera", height: 480 };
  const options: LocalDevicesOptions = { initially: { audio: false }, storage: memory };
  const first = setUp(CAMS, options);
  await first.local.changeCamera({ resolution: "1080p", fit: "exact" });
  first.local.dispose();
  const { local } = setUp([low], options);
  await local.start();
  expect(local.video).toMatchObject({ on: true, fault: undefined });
  expect(local.cameraSettings).toMatchObject({ resolution: "1080p", fit: "ideal" });
  await local.changeCamera({ fit: "exact" });
  await local.video.setOn(false);
  await local.video.setOn(true);
  expect(local.video).toMatchObject({ on: false, fault: "overconstrained" });
});

it("saves data: no picture, and a small one for who turns the camera on all the same", async () => {
  const { local } = setUp(CAMS, { initially: { audio: false } });
  await local.start();
  await local.changeCamera({ saving: "audio-only" });
  expect(local.video).toMatchObject({ on: false, track: undefined });
  await local.video.setOn(true);
  expect(local.video.track).toBeDefined();
  expect(local.cameraSettings.saving).toBe("low");
});

it("lets go of a camera that the browser gives after it was turned off, and after the end", async () => {
  const { browser, local } = setUp(CAMS, { initially: { audio: false } });
  const started = local.start();
  await local.video.setOn(false);
  await started;
  expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(["ended"]);
  const again = local.video.setOn(true);
  local.dispose();
  await again;
  expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(["ended", "ended"]);
});
