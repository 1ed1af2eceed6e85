import { type Acquired, acquire } from "./acquire.ts";
import {
  type AppliedSettings,
  appliedSettings,
  offeredSwitches,
  type Switch,
} from "./applied-settings.ts";
import type { DeviceSource } from "./browser-devices.ts";
import { type DeviceChoice, findChoice } from "./device-choice.ts";
import type { DeviceFault, DeviceKind } from "./device-fault.ts";

/** One's own camera or microphone. */
export interface LocalDevice {
  readonly kind: DeviceKind;
  /** Whether it is meant to be heard or seen. */
  readonly on: boolean;
  /** The live track; a microphone keeps it while muted, a camera gives it back so that its light goes out. */
  readonly track: MediaStreamTrack | undefined;
  readonly fault: DeviceFault | undefined;
  readonly choices: readonly DeviceChoice[];
  /** The device asked for; undefined leaves it to the browser. What there is now is in `applied`. */
  readonly chosen: DeviceChoice | undefined;
  /** What the browser really does with the track. */
  readonly applied: AppliedSettings | undefined;
  /** The switches that make a difference for the track. */
  readonly offered: readonly Switch[];
  setOn(on: boolean): Promise<void>;
  toggle(): Promise<void>;
  /** Takes another device. The old one goes on until the new one runs, where both can at a time. */
  choose(deviceId: string | undefined): Promise<void>;
  forgetFault(): void;
}

export interface InputDeviceOptions {
  readonly kind: DeviceKind;
  readonly on: boolean;
  readonly chosen: DeviceChoice | undefined;
  readonly source: DeviceSource;
  readonly constraints: (deviceId: string | undefined) => MediaTrackConstraints | undefined;
  /** Asks for less from now on where that can be done, when no device can do what is asked. */
  readonly relax: () => boolean;
  readonly onChange: (kind: DeviceKind) => void;
  readonly onLost: (kind: DeviceKind, label: string, fallback: string | undefined) => void;
}

/** The one behind `LocalDevice`: the last wish counts, whichever order the browser answers in. */
export class InputDevice implements LocalDevice {
  readonly kind: DeviceKind;
  readonly #options: InputDeviceOptions;
  #on: boolean;
  #track: MediaStreamTrack | undefined;
  #fault: DeviceFault | undefined;
  #choices: readonly DeviceChoice[] = [];
  #chosen: DeviceChoice | undefined;
  #turn = 0;

  constructor(options: InputDeviceOptions) {
    this.#options = options;
    this.kind = options.kind;
    this.#on = options.on;
    this.#chosen = options.chosen;
  }

  get on(): boolean {
    return this.#on;
  }

  get track(): MediaStreamTrack | undefined {
    return this.#track;
  }

  get fault(): DeviceFault | undefined {
    return this.#fault;
  }

  get choices(): readonly DeviceChoice[] {
    return this.#choices;
  }

  get chosen(): DeviceChoice | undefined {
    return this.#chosen;
  }

  get applied(): AppliedSettings | undefined {
    return this.#track && appliedSettings(this.#track);
  }

  get offered(): readonly Switch[] {
    return this.#track === undefined ? [] : offeredSwitches(this.#track);
  }

  /** What to ask a browser for; nothing when it is not wanted, or there already. */
  get wanted(): MediaTrackConstraints | undefined {
    return this.#on && this.#track === undefined ? this.#constraints() : undefined;
  }

  async setOn(on: boolean): Promise<void> {
    if (on === this.#on) return;
    this.#on = on;
    this.#fault = undefined;
    if (this.#track !== undefined && this.kind === "audio") this.#track.enabled = on;
    else if (!on) this.release();
    this.#changed();
    if (on && this.#track === undefined) await this.ask();
  }

  toggle(): Promise<void> {
    return this.setOn(!this.#on);
  }

  async choose(deviceId: string | undefined): Promise<void> {
    this.#chosen = this.#choices.find((choice) => choice.deviceId === deviceId);
    this.#fault = undefined;
    this.#changed();
    if (this.#on || this.#track !== undefined) await this.ask();
  }

  forgetFault(): void {
    this.#fault = undefined;
    this.#changed();
  }

  /** Asks for the device as it is wanted now, and puts it in the place of the one before. */
  async ask(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    let answer = await this.#acquire();
    // Phones open one camera at a time: the old one goes first.
    if (answer.faults[this.kind] === "in-use" && this.#track !== undefined && turn === this.#turn) {
      this.#track.stop();
      this.#track = undefined;
      answer = await this.#acquire();
    }
    if (turn === this.#turn) await this.settle(answer);
    else answer.tracks[this.kind]?.stop();
  }

  /** Takes what a browser has answered. Without anything new what runs goes on to run. */
  async settle({ tracks, faults }: Acquired): Promise<void> {
    const acquired = tracks[this.kind];
    const old = this.#track;
    if (acquired !== undefined && this.kind === "video" && !this.#on) {
      // It was turned off while the browser asked.
      acquired.stop();
      return;
    }
    if (faults[this.kind] === "overconstrained" && old === undefined && this.#options.relax()) {
      await this.ask();
      return;
    }
    this.#fault = faults[this.kind];
    if (acquired !== undefined) {
      acquired.contentHint = this.kind === "audio" ? "speech" : "motion";
      acquired.enabled = this.#on;
      acquired.addEventListener("ended", () => void this.#ended(acquired));
      this.#track = acquired;
    } else if (old === undefined) {
      this.#on = false;
    }
    this.#changed();
    // Only now, when whoever sends it has put the new one in its place: no picture stands still.
    if (acquired !== undefined) old?.stop();
    await this.refresh();
  }

  /** Changes what runs as the constraints say now; a device that does not follow is opened again. */
  async reapply(isApplied: (applied: AppliedSettings) => boolean): Promise<void> {
    const constraints = this.#constraints();
    const track = this.#track;
    if (track === undefined || constraints === undefined) return;
    let isTaken = true;
    try {
      await track.applyConstraints(constraints);
    } catch {
      // Overconstrained, or not while it runs: it is asked for anew, and a fault says what cannot be.
      isTaken = false;
    }
    if (track !== this.#track) return;
    if (isTaken && isApplied(appliedSettings(track))) this.#changed();
    else await this.ask();
  }

  /** Looks at what is there; answers what was there before. */
  async refresh(): Promise<readonly DeviceChoice[]> {
    const before = this.#choices;
    this.#choices = await this.#options.source.list(this.kind);
    const found = findChoice(this.#chosen, this.#choices);
    // Remembered under an id that is another one now; the browser has given some other device.
    if (found !== undefined && found.deviceId !== this.#chosen?.deviceId) {
      this.#chosen = found;
      if (this.#track !== undefined && this.applied?.deviceId !== found.deviceId) await this.ask();
    }
    this.#changed();
    return before;
  }

  release(): void {
    this.#turn += 1;
    this.#track?.stop();
    this.#track = undefined;
  }

  #acquire(): Promise<Acquired> {
    const constraints = this.#constraints();
    return acquire(
      constraints === undefined ? {} : { [this.kind]: constraints },
      this.#options.source.port(),
    );
  }

  #constraints(): MediaTrackConstraints | undefined {
    return this.#options.constraints(this.#chosen?.deviceId);
  }

  /** A track has ended that nobody here has stopped: its device is gone, or the permission is. */
  async #ended(track: MediaStreamTrack): Promise<void> {
    if (track !== this.#track) return;
    const { deviceId } = appliedSettings(track);
    this.#turn += 1;
    const turn = this.#turn;
    this.#track = undefined;
    const left = await this.#options.source.list(this.kind);
    if (turn !== this.#turn) return;
    const gone = left.every((device) => device.deviceId !== deviceId);
    if (gone && left.length > 0) await this.ask();
    else await this.settle({ tracks: {}, faults: { [this.kind]: "stopped" } });
    // With a fault of its own when there was a device, and it did not open.
    this.#options.onLost(
      this.kind,
      track.label,
      (this.#track as MediaStreamTrack | undefined)?.label,
    );
  }

  #changed(): void {
    this.#options.onChange(this.kind);
  }
}
