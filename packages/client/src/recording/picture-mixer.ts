import type { RecordingInput } from "./inputs.ts";
import { fit, layOut, type Tile } from "./layout.ts";
import { metronome } from "./metronome.ts";

export interface PictureMixerOptions {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  /** Keeps the time: it goes on in a hidden tab, where timers and animation frames do not. */
  readonly context: AudioContext;
}

/** Draws several pictures into one, which goes on while they come and go. */
export class PictureMixer {
  readonly #options: PictureMixerOptions;
  readonly #canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;
  readonly #videos = new Map<MediaStreamTrack, HTMLVideoElement>();
  readonly #stop: () => void;
  readonly #track: MediaStreamTrack;
  #inputs: readonly RecordingInput[] = [];

  constructor(options: PictureMixerOptions) {
    const { width, height, frameRate, context } = options;
    this.#options = options;
    Object.assign(this.#canvas, { width, height });
    this.#context = this.#canvas.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
    this.#draw();
    const [track] = this.#canvas.captureStream(frameRate).getVideoTracks();
    this.#track = track as MediaStreamTrack;
    this.#stop = metronome(context, frameRate, () => this.#draw());
  }

  get track(): MediaStreamTrack {
    return this.#track;
  }

  update(inputs: readonly RecordingInput[]): void {
    this.#inputs = inputs;
    const wanted = new Set(inputs.flatMap(({ video }) => video ?? []));
    for (const [track, element] of this.#videos) {
      if (wanted.has(track)) continue;
      element.srcObject = null;
      this.#videos.delete(track);
    }
    for (const track of wanted) if (!this.#videos.has(track)) this.#videos.set(track, play(track));
  }

  close(): void {
    this.#stop();
    this.update([]);
    this.#track.stop();
  }

  #draw(): void {
    const { width, height } = this.#options;
    const context = this.#context;
    context.fillStyle = BACKGROUND;
    context.fillRect(0, 0, width, height);
    // A stream without a picture has a place only when it stands for somebody.
    const shown = this.#inputs.filter(({ screen, video }) => !screen || video !== undefined);
    const tiles = layOut(shown.length, width, height, shown[0]?.screen === true);
    for (const [index, input] of shown.entries()) {
      const tile = tiles[index];
      if (tile !== undefined) this.#drawInput(input, tile);
    }
  }

  #drawInput({ video, name }: RecordingInput, tile: Tile): void {
    const context = this.#context;
    const element = video && this.#videos.get(video);
    if (element !== undefined && element.videoWidth > 0) {
      const picture = { width: element.videoWidth, height: element.videoHeight };
      const { x, y, width, height } = fit(picture, tile);
      context.drawImage(element, x, y, width, height);
    }
    const size = Math.max(12, Math.round(this.#options.height / 36));
    context.font = `${size}px system-ui, sans-serif`;
    context.fillStyle = "#fff";
    context.shadowColor = "#000";
    context.shadowBlur = size / 3;
    const inside = tile.width - size;
    context.fillText(name, tile.x + size / 2, tile.y + tile.height - size / 2, inside);
    context.shadowBlur = 0;
  }
}

function play(track: MediaStreamTrack): HTMLVideoElement {
  const element = document.createElement("video");
  Object.assign(element, { muted: true, playsInline: true, srcObject: new MediaStream([track]) });
  element.play().catch(() => {});
  return element;
}

const BACKGROUND = "#1b1d22";
