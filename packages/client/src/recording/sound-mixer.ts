import { keepRunning } from "../devices/keep-running.ts";
import type { RecordingInput } from "./inputs.ts";
import { pullSound } from "./pull-sound.ts";

/** Mixes the sound of several tracks into one, which goes on while they come and go. */
export class SoundMixer {
  readonly context: AudioContext = new AudioContext();
  readonly #closeContext = keepRunning(this.context);
  readonly #destination = this.context.createMediaStreamDestination();
  readonly #sources = new Map<MediaStreamTrack, Source>();

  get track(): MediaStreamTrack {
    return this.#destination.stream.getAudioTracks()[0] as MediaStreamTrack;
  }

  update(inputs: readonly RecordingInput[]): void {
    const wanted = new Set(inputs.flatMap(({ audio }) => audio ?? []));
    for (const [track, source] of this.#sources)
      if (!wanted.has(track)) this.#remove(track, source);
    for (const track of wanted) if (!this.#sources.has(track)) this.#add(track);
  }

  close(): void {
    for (const [track, source] of this.#sources) this.#remove(track, source);
    this.track.stop();
    this.#closeContext();
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
