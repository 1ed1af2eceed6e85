import "../disposable.ts";
import type { StreamInfo } from "@tincan/signaling";
import { TincanError } from "../error.ts";

/** The kinds of media, as `MediaStreamTrack.kind` names them. */
export type MediaKind = "audio" | "video";

export const MEDIA_KINDS: readonly MediaKind[] = ["audio", "video"];

/** A stream that everybody in the call gets: at most one audio and one video track. */
export interface Publication extends Disposable {
  /** The stream that was published. `replaceTrack` keeps it up to date, so a preview can show it. */
  readonly stream: MediaStream;
  /** What the stream shows: `camera`, `screen`, or a word of the application's own. */
  readonly source: string;
  /** Sends silence, or black, and tells the others (`track.enabled = false`). */
  mute(kind: MediaKind): void;
  unmute(kind: MediaKind): void;
  isMuted(kind: MediaKind): boolean;
  /**
   * Puts another track in the place of the one of this kind, without a new negotiation; `undefined`
   * takes it out. Where there was none of this kind it is added. A mute goes on. The old track is
   * not stopped.
   */
  replaceTrack(track: MediaStreamTrack | undefined, kind: MediaKind): Promise<void>;
  /** Takes the stream back. Its tracks are not stopped: they are the application's. */
  unpublish(): void;
}

export interface LocalPublicationOptions {
  readonly stream: MediaStream;
  readonly source: string;
  /** A track is another one; resolves when it is sent to everybody. */
  readonly onTracks: (publication: LocalPublication) => Promise<void>;
  /** What the others are told of it has changed. */
  readonly onState: () => void;
  readonly onUnpublish: (publication: LocalPublication) => void;
}

export class LocalPublication implements Publication {
  readonly #options: LocalPublicationOptions;
  readonly #tracks: Record<MediaKind, MediaStreamTrack | undefined>;
  readonly #muted: Record<MediaKind, boolean>;
  #ended = false;

  constructor(options: LocalPublicationOptions) {
    this.#options = options;
    const [audio] = options.stream.getAudioTracks();
    const [video] = options.stream.getVideoTracks();
    this.#tracks = { audio, video };
    this.#muted = { audio: audio?.enabled === false, video: video?.enabled === false };
  }

  get stream(): MediaStream {
    return this.#options.stream;
  }

  get source(): string {
    return this.#options.source;
  }

  /** What the others are told of this stream. */
  get info(): StreamInfo {
    const state = (kind: MediaKind) => {
      if (this.#tracks[kind] === undefined) return "none";
      return this.#muted[kind] ? "off" : "on";
    };
    return {
      id: this.stream.id,
      source: this.source,
      audio: state("audio"),
      video: state("video"),
    };
  }

  track(kind: MediaKind): MediaStreamTrack | undefined {
    return this.#tracks[kind];
  }

  mute(kind: MediaKind): void {
    this.#setMuted(kind, true);
  }

  unmute(kind: MediaKind): void {
    this.#setMuted(kind, false);
  }

  isMuted(kind: MediaKind): boolean {
    return this.#muted[kind];
  }

  async replaceTrack(track: MediaStreamTrack | undefined, kind: MediaKind): Promise<void> {
    if (this.#ended) throw new TincanError("ended", "This stream is not published any more.");
    const old = this.#tracks[kind];
    if (old === track) return;
    if (old !== undefined) this.stream.removeTrack(old);
    if (track !== undefined) {
      track.enabled = !this.#muted[kind];
      this.stream.addTrack(track);
    }
    this.#tracks[kind] = track;
    this.#options.onState();
    await this.#options.onTracks(this);
  }

  unpublish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onUnpublish(this);
  }

  [Symbol.dispose](): void {
    this.unpublish();
  }

  #setMuted(kind: MediaKind, muted: boolean): void {
    const track = this.#tracks[kind];
    if (track !== undefined) track.enabled = !muted;
    if (this.#muted[kind] === muted) return;
    this.#muted[kind] = muted;
    if (!this.#ended) this.#options.onState();
  }
}
