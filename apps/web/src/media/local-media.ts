import { type Accessor, createSignal, onCleanup } from "solid-js";
import { acquire, type Wanted } from "./acquire.ts";
import { browserDevices, listDevices, onDeviceChange } from "./browser-devices.ts";
import type { DeviceFault, DeviceKind } from "./device-fault.ts";

/** One's own camera or microphone, as lobby and call share it. */
export interface LocalDevice {
  /** Whether it is meant to be heard or seen. */
  readonly on: Accessor<boolean>;
  /** The live track; a microphone keeps it while muted, a camera gives it back so that its light goes out. */
  readonly track: Accessor<MediaStreamTrack | undefined>;
  readonly fault: Accessor<DeviceFault | undefined>;
  readonly choices: Accessor<readonly MediaDeviceInfo[]>;
  /** The device asked for; undefined leaves it to the browser. */
  readonly chosen: Accessor<string | undefined>;
  toggle(): Promise<void>;
  choose(deviceId: string | undefined): Promise<void>;
  forgetFault(): void;
}

export interface LocalMedia {
  readonly audio: LocalDevice;
  readonly video: LocalDevice;
  /** Whether the browser is being asked for devices. */
  readonly starting: Accessor<boolean>;
  /** Asks for all devices that are meant to be on, in one question. */
  start(): Promise<void>;
  stop(): void;
}

/** Makes the devices of a room page; they end with the component that made them. */
export function createLocalMedia(initially: Readonly<Record<DeviceKind, boolean>>): LocalMedia {
  const [starting, setStarting] = createSignal(false);
  const audio = createDevice("audio", initially.audio);
  const video = createDevice("video", initially.video);
  const ended = new AbortController();

  const refresh = async (): Promise<void> => {
    await Promise.all([audio.refreshChoices(), video.refreshChoices()]);
  };
  onDeviceChange(() => void refresh(), ended.signal);

  const stop = (): void => {
    audio.stop();
    video.stop();
  };
  onCleanup(() => {
    ended.abort();
    stop();
  });

  return {
    audio,
    video,
    starting,
    stop,
    async start() {
      const wanted: Wanted = {
        ...(audio.on() && audio.track() === undefined && { audio: audio.constraints() }),
        ...(video.on() && video.track() === undefined && { video: video.constraints() }),
      };
      setStarting(true);
      const { tracks, faults } = await acquire(wanted, browserDevices);
      if (wanted.audio !== undefined) audio.settle(tracks.audio, faults.audio);
      if (wanted.video !== undefined) video.settle(tracks.video, faults.video);
      if (ended.signal.aborted) stop();
      setStarting(false);
      await refresh();
    },
  };
}

interface ManagedDevice extends LocalDevice {
  constraints(): MediaTrackConstraints;
  settle(track: MediaStreamTrack | undefined, fault: DeviceFault | undefined): void;
  refreshChoices(): Promise<void>;
  stop(): void;
}

function createDevice(kind: DeviceKind, initially: boolean): ManagedDevice {
  const [on, setOn] = createSignal(initially);
  const [track, setTrack] = createSignal<MediaStreamTrack>();
  const [fault, setFault] = createSignal<DeviceFault>();
  const [choices, setChoices] = createSignal<readonly MediaDeviceInfo[]>([]);
  const [chosen, setChosen] = createSignal<string>();
  let asking = 0;

  const stop = (): void => {
    asking += 1;
    track()?.stop();
    setTrack(undefined);
  };

  const settle: ManagedDevice["settle"] = (acquired, problem) => {
    if (acquired !== undefined) {
      acquired.contentHint = kind === "audio" ? "speech" : "motion";
      acquired.addEventListener("ended", () => {
        if (track() !== acquired) return;
        settle(undefined, "stopped");
      });
    }
    setFault(problem);
    setOn(acquired !== undefined);
    setTrack(acquired);
  };

  const constraints = (): MediaTrackConstraints => ({
    ...BASE[kind],
    ...(chosen() !== undefined && { deviceId: { exact: chosen() as string } }),
  });

  const refreshChoices = async (): Promise<void> => {
    const found = await listDevices(kind);
    setChoices(found);
  };

  /** The answer to an older question is thrown away: the last wish counts. */
  const ask = async (): Promise<void> => {
    asking += 1;
    const turn = asking;
    const { tracks, faults } = await acquire({ [kind]: constraints() }, browserDevices);
    if (turn !== asking) {
      tracks[kind]?.stop();
      return;
    }
    settle(tracks[kind], faults[kind]);
    await refreshChoices();
  };

  return {
    on,
    track,
    fault,
    choices,
    chosen,
    constraints,
    settle,
    refreshChoices,
    stop,
    forgetFault: () => void setFault(undefined),
    async toggle() {
      if (on()) {
        setOn(false);
        if (kind === "video") stop();
        else setEnabled(track(), false);
        return;
      }
      setFault(undefined);
      setOn(true);
      if (track() === undefined) await ask();
      else setEnabled(track(), true);
    },
    async choose(deviceId) {
      setChosen(deviceId);
      if (!on() && track() === undefined) return;
      // Phones open one camera at a time: the old one goes first.
      const wasOn = on();
      stop();
      await ask();
      if (!wasOn) {
        setOn(false);
        setEnabled(track(), false);
      }
    },
  };
}

const BASE: Readonly<Record<DeviceKind, MediaTrackConstraints>> = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
};

function setEnabled(track: MediaStreamTrack | undefined, enabled: boolean): void {
  if (track !== undefined) track.enabled = enabled;
}
