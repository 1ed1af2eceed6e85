import type { Call } from "../call/call.ts";
import type { Publication } from "../call/publication.ts";
import type { DeviceKind } from "./device-fault.ts";

/** Whether each device is meant to be heard or seen, and its live track. */
export type DeviceStates = Readonly<
  Record<DeviceKind, { readonly on: boolean; readonly track: MediaStreamTrack | undefined }>
>;

/** Publishes a camera and a microphone, and swaps, mutes and unmutes them as they change. */
export class DevicePublisher {
  readonly #call: Pick<Call, "publish" | "state">;
  readonly #createStream: (tracks: MediaStreamTrack[]) => MediaStream;
  readonly #sent = new Map<DeviceKind, MediaStreamTrack>();
  #publication: Publication | undefined;

  constructor(
    call: Pick<Call, "publish" | "state">,
    createStream: (tracks: MediaStreamTrack[]) => MediaStream = (tracks) => new MediaStream(tracks),
  ) {
    this.#call = call;
    this.#createStream = createStream;
  }

  /** What is published now; nothing until there was a first device. */
  get publication(): Publication | undefined {
    return this.#publication;
  }

  update(wanted: DeviceStates): void {
    if (this.#call.state === "ended") return;
    this.#publication ??= this.#publish(wanted);
    if (this.#publication === undefined) return;
    for (const kind of KINDS) this.#follow(this.#publication, kind, wanted[kind]);
  }

  /** With no device at all there is nothing to publish yet; the others see a name without a picture. */
  #publish(wanted: DeviceStates): Publication | undefined {
    const tracks = KINDS.flatMap((kind) => wanted[kind].track ?? []);
    if (tracks.length === 0) return undefined;
    for (const kind of KINDS) {
      const { track } = wanted[kind];
      if (track !== undefined) this.#sent.set(kind, track);
    }
    return this.#call.publish(this.#createStream(tracks));
  }

  /**
   * A camera that is off has no track here, but stays published as muted: the others see it as off,
   * and the next track takes its place without a negotiation.
   */
  #follow(
    publication: Publication,
    kind: DeviceKind,
    { on, track }: DeviceStates[DeviceKind],
  ): void {
    if (track !== undefined && track !== this.#sent.get(kind)) {
      this.#sent.set(kind, track);
      // It fails only for a publication that has ended, with the call, meanwhile.
      publication.replaceTrack(track, kind).catch(() => {});
    }
    if (!this.#sent.has(kind)) return;
    const muted = !on || track === undefined;
    if (muted && !publication.isMuted(kind)) publication.mute(kind);
    if (!muted && publication.isMuted(kind)) publication.unmute(kind);
  }
}

const KINDS: readonly DeviceKind[] = ["audio", "video"];
