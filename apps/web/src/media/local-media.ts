import {
  type AppliedSettings,
  type CameraSettings,
  type DeviceChoice,
  type DeviceFault,
  type DeviceKind,
  type Switch as DeviceSwitch,
  LocalDevices,
  type MicrophoneSettings,
} from "@tincan/client/devices";
import { type Accessor, createMemo, createSignal, onCleanup } from "solid-js";
import { visits } from "../storage.ts";

/** One's own camera or microphone, as lobby and call share it; `LocalDevice` of the SDK as signals. */
export interface LocalDevice {
  /** Whether it is meant to be heard or seen. */
  readonly on: Accessor<boolean>;
  /** The live track; a microphone keeps it while muted, a camera gives it back so that its light goes out. */
  readonly track: Accessor<MediaStreamTrack | undefined>;
  readonly fault: Accessor<DeviceFault | undefined>;
  readonly choices: Accessor<readonly DeviceChoice[]>;
  /** The device asked for; undefined leaves it to the browser. */
  readonly chosen: Accessor<string | undefined>;
  /** What the browser really does with the track. */
  readonly applied: Accessor<AppliedSettings | undefined>;
  /** The switches that make a difference for the track. */
  readonly offered: Accessor<readonly DeviceSwitch[]>;
  toggle(): Promise<void>;
  choose(deviceId: string | undefined): Promise<void>;
  forgetFault(): void;
}

export interface LocalMedia {
  readonly audio: LocalDevice;
  readonly video: LocalDevice;
  readonly speaker: {
    readonly choices: Accessor<readonly DeviceChoice[]>;
    readonly chosen: Accessor<string | undefined>;
  };
  /** What is asked of camera and microphone. */
  readonly cameraSettings: Accessor<CameraSettings>;
  readonly microphoneSettings: Accessor<MicrophoneSettings>;
  /** The devices themselves, for everything that is no signal. */
  readonly devices: LocalDevices;
  /** Whether the browser is being asked for devices. */
  readonly starting: Accessor<boolean>;
  /** Asks for all devices that are meant to be on, in one question. */
  start(): Promise<void>;
  stop(): void;
}

/**
 * Makes the devices of a room page; they end with the component that made them. What is not told
 * in `initially` is as it was the last time.
 */
export function createLocalMedia(initially: Partial<Record<DeviceKind, boolean>>): LocalMedia {
  const devices = new LocalDevices({ initially, storage: visits });
  const [starting, setStarting] = createSignal(false);
  onCleanup(() => devices.dispose());
  const onSpeaker = reader(devices, "speaker");
  const onVideo = reader(devices, "video");
  const onAudio = reader(devices, "audio");
  return {
    audio: signalsOf(devices, "audio"),
    video: signalsOf(devices, "video"),
    speaker: {
      choices: onSpeaker(() => [...devices.speaker.choices]),
      chosen: onSpeaker(() => devices.speaker.chosen?.deviceId),
    },
    cameraSettings: onVideo(() => devices.cameraSettings),
    microphoneSettings: onAudio(() => devices.microphoneSettings),
    devices,
    starting,
    stop: () => devices.stop(),
    async start() {
      setStarting(true);
      await devices.start();
      setStarting(false);
    },
  };
}

function signalsOf(devices: LocalDevices, kind: DeviceKind): LocalDevice {
  const device = devices[kind];
  const read = reader(devices, kind);
  return {
    on: read(() => device.on),
    track: read(() => device.track),
    fault: read(() => device.fault),
    choices: read(() => device.choices),
    chosen: read(() => device.chosen?.deviceId),
    applied: read(() => device.applied),
    offered: read(() => device.offered),
    toggle: () => device.toggle(),
    choose: (deviceId) => device.choose(deviceId),
    forgetFault: () => device.forgetFault(),
  };
}

/** Makes signals of what changes with a device. */
function reader(
  devices: LocalDevices,
  kind: DeviceKind | "speaker",
): <Value>(value: () => Value) => Accessor<Value> {
  const [changes, setChanges] = createSignal(0);
  devices.on("changed", (changed) => {
    if (changed === kind) setChanges((count) => count + 1);
  });
  return (value) =>
    createMemo(() => {
      changes();
      return value();
    });
}
