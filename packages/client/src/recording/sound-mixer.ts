import type { RecordingInput } from "./inputs.ts";
import { pullSound } from "./pull-sound.ts";

/** Mixes the sound of several tracks into one, which goes on while they come and go. */
export class SoundMixer {
  readonly context: AudioContext = new AudioContext();
  readonly #destination = this.context.createMediaStreamDestination();
  readonly #sources = new Map<MediaStreamTrack, Source>();

  get track(): MediaStreamTrack {
    return this.#destination.stream.getAudioTracks()[0] as MediaStreamTrack;
  }

  update(inputs: readonly RecordingInput[]): void {
    // After a phone call, or before anybody touched the page, it may stand still.
    if (this.context.state !== "running") void this.context.resume();
    const wanted = new Set(inputs.flatMap(({ audio }) => audio ?? []));
    for (const [track, source] of this.#sources)
      if (!wanted.has(track)) this.#remove(track, source);
    for (const track of wanted) if (!this.#sources.has(track)) this.#add(track);
  }

  close(): void {
    for (const [track, source] of this.#sources) this.#remove(track, source);
    this.track.stop();
    void this.context.close();
  }

  #add(track: MediaStreamTrack): void {
    const node = this.context.createMediaStreamSource(new MediaStream([track]));
    node.connect(this.#destination);
    this.#sources.set(track, { node, letGo: pullSound(track) });
  }

  #remove(track: MediaStreamTrack, { node, letGo }: Source): void {
    node.disconnect();
    letGo();
    this.#sources.delete(track);
  }
}

interface Source {
  readonly node: MediaStreamAudioSourceNode;
  readonly letGo: () => void;
}
