import "../disposable.ts";
import type { Call } from "../call/call.ts";
import type { Publication } from "../call/publication.ts";
import { Emitter, type ListenOptions } from "../emitter.ts";
import { TincanError } from "../error.ts";
import { changeParameters, sendersTo } from "../stats/sender-parameters.ts";
import { displayConstraints } from "./display-constraints.ts";

/** What counts on this screen: letters (`text`), fine detail, or smooth motion as of a film. */
export type ScreenContent = "text" | "detail" | "motion";

/** What to share of a screen, and how. */
export interface ScreenShareOptions {
  /** With the sound of the tab or the system, where it is offered; true unless told. */
  readonly audio?: boolean;
  /** `text` unless told: rather sharp than smooth. */
  readonly content?: ScreenContent;
  /** Frames a second; 15 unless told, 30 for motion. */
  readonly frameRate?: number;
  /** Bits a second for each peer; 2,500,000 unless told. */
  readonly maxBitrateBps?: number;
  /** Ends it when it aborts. */
  readonly signal?: AbortSignal;
}

/** Why a share is over: `stopped` here, `by-browser` (its own bar, or the window is gone), or with the call. */
export interface ScreenShareEvents {
  readonly ended: "stopped" | "by-browser" | "call-ended";
}

/** A screen that is shared. */
export interface ScreenShare extends Disposable {
  readonly stream: MediaStream;
  /** Its `source` is `screen`. */
  readonly publication: Publication;
  readonly hasAudio: boolean;
  /** What was chosen, where the browser tells. */
  readonly surface: "monitor" | "window" | "browser" | undefined;
  content: ScreenContent;
  stop(): void;
  on<Name extends keyof ScreenShareEvents>(
    event: Name,
    listener: (detail: ScreenShareEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void;
}

/** Whether this browser can share a screen; phones cannot. */
export function canShareScreen(): boolean {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  return devices !== undefined && "getDisplayMedia" in devices;
}

/**
 * Asks for a screen, a window or a tab and publishes it as `screen`. Has to be called right out of a
 * click or a key. Throws a `TincanError`: `aborted` when nothing was chosen, `unsupported` when the
 * browser cannot, `ended` and `overflow` as `publish` does.
 */
export async function shareScreen(
  call: Call,
  options: ScreenShareOptions = {},
): Promise<ScreenShare> {
  const { content = "text", frameRate = content === "motion" ? 30 : 15, audio = true } = options;
  if (!canShareScreen()) {
    throw new TincanError("unsupported", "This browser shares no screens.");
  }
  const stream = await capture(displayConstraints(frameRate, audio));
  try {
    options.signal?.throwIfAborted();
    return new SharedScreen(call, stream, content, options);
  } catch (error) {
    for (const track of stream.getTracks()) track.stop();
    if (!options.signal?.aborted) throw error;
    throw new TincanError("aborted", "Sharing was given up.", { cause: error });
  }
}

async function capture(constraints: DisplayMediaStreamOptions): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getDisplayMedia(constraints);
  } catch (cause) {
    const { name } = cause as DOMException;
    const refused = name === "NotAllowedError" || name === "AbortError";
    if (refused) throw new TincanError("aborted", "No screen was chosen.", { cause });
    throw new TincanError("unsupported", "The browser gives no screen.", { cause });
  }
}

class SharedScreen implements ScreenShare {
  readonly stream: MediaStream;
  readonly publication: Publication;
  readonly #call: Call;
  readonly #events = new Emitter<ScreenShareEvents>();
  readonly #ended = new AbortController();
  readonly #maxBitrateBps: number;
  #tuned = new WeakSet<RTCRtpSender>();
  #content: ScreenContent;

  constructor(
    call: Call,
    stream: MediaStream,
    content: ScreenContent,
    options: ScreenShareOptions,
  ) {
    this.#call = call;
    this.stream = stream;
    this.#content = content;
    this.#maxBitrateBps = options.maxBitrateBps ?? MAX_BITRATE_BPS;
    this.publication = call.publish(stream, { source: "screen" });
    const { signal } = this.#ended;
    for (const track of stream.getVideoTracks()) {
      track.addEventListener("ended", () => this.#end("by-browser"), { signal });
    }
    // Parameters are taken once something is negotiated, and anew on each connection.
    call.on("peer-changed", () => this.#tune(), { signal });
    call.on("ended", () => this.#end("call-ended"), { signal });
    options.signal?.addEventListener("abort", () => this.stop(), { signal });
    this.content = content;
  }

  get hasAudio(): boolean {
    return this.stream.getAudioTracks().length > 0;
  }

  get surface(): ScreenShare["surface"] {
    const [track] = this.stream.getVideoTracks();
    const { displaySurface } = track?.getSettings() ?? {};
    return SURFACES.find((surface) => surface === displaySurface);
  }

  get content(): ScreenContent {
    return this.#content;
  }

  set content(content: ScreenContent) {
    this.#content = content;
    for (const track of this.stream.getVideoTracks()) track.contentHint = content;
    for (const track of this.stream.getAudioTracks()) track.contentHint = "music";
    this.#tuned = new WeakSet();
    this.#tune();
  }

  stop(): void {
    this.#end("stopped");
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  on<Name extends keyof ScreenShareEvents>(
    event: Name,
    listener: (detail: ScreenShareEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#events.on(event, listener, options);
  }

  #end(reason: ScreenShareEvents["ended"]): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    for (const track of this.stream.getTracks()) track.stop();
    this.publication.unpublish();
    this.#events.emit("ended", reason);
    this.#events.clear();
  }

  /** Keeps the size when the way is narrow, and gives frames away instead. */
  #tune(): void {
    const tracks = this.stream.getVideoTracks();
    for (const peer of this.#call.peers.values()) {
      for (const { sender } of sendersTo(this.#call, peer)) {
        if (this.#tuned.has(sender) || !tracks.some((track) => track === sender.track)) continue;
        this.#tuned.add(sender);
        void changeParameters(sender, (parameters) => {
          parameters.degradationPreference =
            this.#content === "motion" ? "maintain-framerate" : "maintain-resolution";
          for (const encoding of parameters.encodings) {
            encoding.maxBitrate = this.#maxBitrateBps;
          }
        }).then((taken) => {
          if (!taken) this.#tuned.delete(sender);
        });
      }
    }
  }
}

const MAX_BITRATE_BPS = 2_500_000;

const SURFACES = ["monitor", "window", "browser"] as const;
