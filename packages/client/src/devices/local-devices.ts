import "../disposable.ts";
import { Emitter, type ListenOptions } from "../emitter.ts";
import { acquire, type Wanted } from "./acquire.ts";
import { type DeviceSource, deviceSource } from "./browser-devices.ts";
import {
  CAMERA_SETTINGS,
  type CameraSettings,
  cameraConstraints,
  MICROPHONE_SETTINGS,
  type MicrophoneSettings,
  microphoneConstraints,
} from "./constraints.ts";
import {
  type ChoiceStorage,
  type DeviceChoice,
  recallDevices,
  rememberDevices,
} from "./device-choice.ts";
import type { DeviceKind } from "./device-fault.ts";
import { InputDevice, type InputDeviceOptions, type LocalDevice } from "./input-device.ts";
import { Speaker } from "./speaker.ts";

/** How one's own devices begin. */
export interface LocalDevicesOptions {
  /** Remembers what was chosen, what is on and what is asked of it; give `localStorage`. */
  readonly storage?: ChoiceStorage;
  /** What is meant to be on at first; what is remembered unless told, else both. */
  readonly initially?: Partial<Readonly<Record<DeviceKind, boolean>>>;
  /** What is asked at first; what is not named is as remembered. */
  readonly camera?: Partial<CameraSettings>;
  readonly microphone?: Partial<MicrophoneSettings>;
  /** Ends everything when it aborts. */
  readonly signal?: AbortSignal;
  /** The browser's devices unless told. */
  readonly source?: DeviceSource;
}

/** What happens to one's own devices, for `LocalDevices.on`. */
export interface LocalDevicesEvents {
  /** Something that this device, the speaker or the settings say is another thing now. */
  readonly changed: DeviceKind | "speaker";
  /** A device that was in use is gone; `fallback` is the name of the one that took its place. */
  readonly lost: {
    readonly kind: DeviceKind | "speaker";
    readonly label: string;
    readonly fallback: string | undefined;
  };
  /** Devices were plugged in or out, in use or not. */
  readonly plugged: {
    readonly kind: DeviceKind;
    readonly added: readonly DeviceChoice[];
    readonly removed: readonly DeviceChoice[];
  };
}

/** One's own microphone, camera and speaker, for a lobby and a call. Asks for nothing before `start`. */
export class LocalDevices implements Disposable {
  readonly speaker: Speaker;
  readonly #audio: InputDevice;
  readonly #video: InputDevice;
  readonly #events = new Emitter<LocalDevicesEvents>();
  readonly #source: DeviceSource;
  readonly #storage: ChoiceStorage | undefined;
  readonly #ended = new AbortController();
  #camera: CameraSettings;
  #microphone: MicrophoneSettings;
  /** Whether the fit is that of an earlier visit, which may have had another camera. */
  #isFitRecalled: boolean;
  #starting = false;
  #watching = false;

  constructor(options: LocalDevicesOptions = {}) {
    const { storage, initially = {}, source = deviceSource, signal } = options;
    this.#source = source;
    this.#storage = storage;
    const remembered = recallDevices(storage);
    this.#camera = { ...CAMERA_SETTINGS, ...remembered.camera, ...options.camera };
    this.#microphone = {
      ...{ ...MICROPHONE_SETTINGS, ...remembered.microphone },
      ...options.microphone,
    };
    this.#isFitRecalled = remembered.camera !== undefined && options.camera?.fit === undefined;
    const device = (kind: DeviceKind, constraints: InputDeviceOptions["constraints"]) =>
      new InputDevice({
        kind,
        on: (initially[kind] ?? remembered.on?.[kind] ?? true) && this.#allows(kind),
        chosen: remembered[kind],
        source,
        constraints,
        relax: () => this.#relax(kind),
        onChange: (changed) => this.#changed(changed),
        onLost: (lost, label, fallback) =>
          this.#events.emit("lost", { kind: lost, label, fallback }),
      });
    this.#audio = device("audio", (id) => microphoneConstraints(this.#microphone, id));
    this.#video = device("video", (id) => {
      const { saving } = this.#camera;
      // Whoever turns the camera on wants to be seen.
      if (saving === "audio-only" && this.#video.on)
        this.#camera = { ...this.#camera, saving: "low" };
      return cameraConstraints(this.#camera, id);
    });
    this.speaker = new Speaker({
      chosen: remembered.speaker,
      list: source.list,
      onChange: () => this.#changed("speaker"),
      onLost: (label) => this.#events.emit("lost", { kind: "speaker", label, fallback: undefined }),
    });
    signal?.addEventListener("abort", () => this.dispose(), { signal: this.#ended.signal });
  }

  get audio(): LocalDevice {
    return this.#audio;
  }

  get video(): LocalDevice {
    return this.#video;
  }

  get cameraSettings(): CameraSettings {
    return this.#camera;
  }

  get microphoneSettings(): MicrophoneSettings {
    return this.#microphone;
  }

  /** Whether the browser is being asked for devices. */
  get starting(): boolean {
    return this.#starting;
  }

  /** Asks for all devices that are meant to be on, in one question, and watches what is plugged in and out. */
  async start(): Promise<void> {
    const { signal } = this.#ended;
    if (signal.aborted || this.#starting) return;
    const audio = this.#audio.wanted;
    const video = this.#video.wanted;
    const wanted: Wanted = { ...(audio && { audio }), ...(video && { video }) };
    this.#starting = true;
    this.#watch();
    const answer = await acquire(wanted, this.#source.port());
    this.#starting = false;
    if (signal.aborted) {
      for (const track of Object.values(answer.tracks)) track.stop();
      return;
    }
    await Promise.all([
      audio === undefined ? this.#audio.refresh() : this.#audio.settle(answer),
      video === undefined ? this.#video.refresh() : this.#video.settle(answer),
      this.speaker.refresh(),
    ]);
  }

  /** Gives camera and microphone back to the system; `start` takes them again. */
  stop(): void {
    for (const device of [this.#audio, this.#video]) device.release();
    this.#changed("audio");
    this.#changed("video");
  }

  /**
   * Changes what is asked of the camera, also while it runs. With `saving: "audio-only"` it goes off;
   * whoever turns it on again after that saves the `low` way. Blur only where `offered` names it.
   */
  async changeCamera(settings: Partial<CameraSettings>): Promise<void> {
    this.#camera = { ...this.#camera, ...settings };
    if (settings.fit !== undefined) this.#isFitRecalled = false;
    const { backgroundBlur } = this.#camera;
    if (this.#camera.saving === "audio-only" && this.#video.on) {
      await this.#video.setOn(false);
      return;
    }
    this.#changed("video");
    await this.#video.reapply(
      (applied) =>
        backgroundBlur === undefined ||
        applied.backgroundBlur === undefined ||
        applied.backgroundBlur === backgroundBlur,
    );
  }

  /** Changes the filters of the microphone, also while it runs; what the browser made of it is in `applied`. */
  async changeMicrophone(settings: Partial<MicrophoneSettings>): Promise<void> {
    this.#microphone = { ...this.#microphone, ...settings };
    const wanted = this.#microphone;
    this.#changed("audio");
    await this.#audio.reapply((applied) =>
      (Object.keys(wanted) as (keyof MicrophoneSettings)[]).every(
        (name) => applied[name] === undefined || applied[name] === wanted[name],
      ),
    );
  }

  /** The other side of a phone; where cameras have no sides, the next camera. */
  async flip(): Promise<void> {
    const video = this.#video;
    const { facing, deviceId } = video.applied ?? { facing: undefined, deviceId: undefined };
    const now = facing ?? this.#camera.facing;
    if (now !== undefined) {
      const other = now === "user" ? "environment" : "user";
      this.#camera = { ...this.#camera, facing: other };
      await video.choose(undefined);
      if (video.fault !== "overconstrained" && video.fault !== "not-found") return;
    }
    this.#camera = { ...this.#camera, facing: undefined };
    const index = video.choices.findIndex((choice) => choice.deviceId === deviceId);
    const next = video.choices[(index + 1) % video.choices.length];
    if (next !== undefined && next.deviceId !== deviceId) await video.choose(next.deviceId);
  }

  on<Name extends keyof LocalDevicesEvents>(
    event: Name,
    listener: (detail: LocalDevicesEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#events.on(event, listener, options);
  }

  /** Gives everything back for good. */
  dispose(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#events.clear();
    this.stop();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #allows(kind: DeviceKind): boolean {
    return kind === "audio" || this.#camera.saving !== "audio-only";
  }

  /** Limits of an earlier visit give way once: better some picture than none, far from the settings. */
  #relax(kind: DeviceKind): boolean {
    if (kind === "audio" || !this.#isFitRecalled) return false;
    this.#isFitRecalled = false;
    this.#camera = { ...this.#camera, fit: "ideal" };
    return true;
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#source.watch(() => {
      for (const device of [this.#audio, this.#video]) void this.#compare(device);
      void this.speaker.refresh().then(() => this.#changed("speaker"));
    }, this.#ended.signal);
  }

  async #compare(device: InputDevice): Promise<void> {
    const before = await device.refresh();
    const after = device.choices;
    const added = without(after, before);
    const removed = without(before, after);
    // The same list with names and ids, once they may be told, is no news.
    if (before.length === 0 || added.length + removed.length === 0) return;
    this.#events.emit("plugged", { kind: device.kind, added, removed });
  }

  #changed(kind: DeviceKind | "speaker"): void {
    if (this.#ended.signal.aborted) return;
    const { facing: _, ...camera } = this.#camera;
    rememberDevices(this.#storage, {
      audio: this.#audio.chosen,
      video: this.#video.chosen,
      speaker: this.speaker.chosen,
      on: { audio: this.#audio.on, video: this.#video.on },
      ...{ camera, microphone: this.#microphone },
    });
    this.#events.emit("changed", kind);
  }
}

function without(
  devices: readonly DeviceChoice[],
  others: readonly DeviceChoice[],
): readonly DeviceChoice[] {
  return devices.filter(({ deviceId }) => others.every((other) => other.deviceId !== deviceId));
}
