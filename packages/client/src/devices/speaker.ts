import { type ChoosableKind, listDevices } from "./browser-devices.ts";
import { type DeviceChoice, findChoice } from "./device-choice.ts";
import { type DeviceFault, deviceFault } from "./device-fault.ts";

/** What plays sound: a media element, or an `AudioContext`, where the browser lets it choose. */
export interface Player {
  setSinkId?(deviceId: string): Promise<unknown>;
}

/** What a speaker begins with, and whom it tells of changes. */
export interface SpeakerOptions {
  readonly chosen: DeviceChoice | undefined;
  readonly list?: (kind: ChoosableKind) => Promise<readonly DeviceChoice[]>;
  readonly onChange: () => void;
  readonly onLost: (label: string) => void;
}

/** Where sound comes out: chosen once, for everything that plays. */
export class Speaker {
  readonly #options: SpeakerOptions;
  readonly #players = new Set<Player>();
  #chosen: DeviceChoice | undefined;
  #choices: readonly DeviceChoice[] = [];
  #fault: DeviceFault | undefined;

  constructor(options: SpeakerOptions) {
    this.#options = options;
    this.#chosen = options.chosen;
  }

  /** Whether this browser lets a page choose (not Safari before 18.4, nor Firefox before 116). */
  get supported(): boolean {
    return "setSinkId" in HTMLMediaElement.prototype;
  }

  get choices(): readonly DeviceChoice[] {
    return this.#choices;
  }

  /** What was chosen; undefined is whatever the system plays through. */
  get chosen(): DeviceChoice | undefined {
    return this.#chosen;
  }

  /** Why the last choice could not be had. */
  get fault(): DeviceFault | undefined {
    return this.#fault;
  }

  /** Plays this element through the chosen speaker, now and later; the function that it answers ends that. */
  play(player: Player): () => void {
    this.#players.add(player);
    const present = findChoice(this.#chosen, this.#choices);
    if (present !== undefined) void this.#route(player, present.deviceId);
    return () => void this.#players.delete(player);
  }

  async choose(deviceId: string | undefined): Promise<void> {
    this.#chosen = this.#choices.find((choice) => choice.deviceId === deviceId);
    await this.#routeAll();
    this.#options.onChange();
  }

  /** Lets somebody choose in the browser's own list, which Firefox wants; false where there is none. */
  async ask(): Promise<boolean> {
    const devices = navigator.mediaDevices as
      | { selectAudioOutput?(): Promise<DeviceChoice> }
      | undefined;
    if (devices?.selectAudioOutput === undefined) return false;
    try {
      const { deviceId } = await devices.selectAudioOutput();
      await this.refresh();
      await this.choose(deviceId);
      return true;
    } catch (error) {
      this.#fault = deviceFault(error);
      this.#options.onChange();
      return false;
    }
  }

  /** Looks at what is there. A chosen speaker that is gone gives way to that of the system until it is back. */
  async refresh(): Promise<void> {
    const before = findChoice(this.#chosen, this.#choices);
    this.#choices = await (this.#options.list ?? listDevices)("speaker");
    const after = findChoice(this.#chosen, this.#choices);
    if (after?.deviceId !== before?.deviceId) await this.#routeAll();
    if (before !== undefined && after === undefined) this.#options.onLost(before.label);
  }

  async #routeAll(): Promise<void> {
    const deviceId = findChoice(this.#chosen, this.#choices)?.deviceId ?? "";
    this.#fault = undefined;
    await Promise.all(Array.from(this.#players, (player) => this.#route(player, deviceId)));
  }

  async #route(player: Player, deviceId: string): Promise<void> {
    try {
      await player.setSinkId?.(deviceId);
    } catch (error) {
      this.#fault = deviceFault(error);
    }
  }
}
