/** What a test sees of a browser that `beStrange` has made another one, and how it decides for it. */
export interface Strange {
  /** What was asked for the blur, by `applyConstraints`. */
  readonly blurs: (boolean | undefined)[];
  /** Whether the camera does what it is asked for. */
  obeys: boolean;
  readonly contexts: AudioContext[];
  /** How many wake locks are held. */
  locks: number;
}

declare global {
  interface Window {
    strange: Strange;
  }
}

/**
 * For `addInitScript`: a browser with a camera that blurs, without windows of the page's own, and without sound
 * before the first tap.
 */
export function beStrange(): void {
  const strange: Strange = { blurs: [], obeys: true, contexts: [], locks: 0 };
  window.strange = strange;

  const track = MediaStreamTrack.prototype;
  const { applyConstraints, getCapabilities, getSettings } = track;
  let isBlurred = false;
  Object.assign(track, {
    getCapabilities(this: MediaStreamTrack) {
      const more = this.kind === "video" ? { backgroundBlur: [false, true] } : {};
      return { ...getCapabilities.call(this), ...more };
    },
    getSettings(this: MediaStreamTrack) {
      const more = this.kind === "video" ? { backgroundBlur: isBlurred } : {};
      return { ...getSettings.call(this), ...more };
    },
    async applyConstraints(
      this: MediaStreamTrack,
      { backgroundBlur, ...rest }: { readonly backgroundBlur?: boolean } = {},
    ) {
      await applyConstraints.call(this, rest);
      if (this.kind !== "video") return;
      strange.blurs.push(backgroundBlur);
      if (strange.obeys) isBlurred = backgroundBlur ?? isBlurred;
    },
  });

  Reflect.deleteProperty(window, "documentPictureInPicture");

  let isTapped = false;
  const tap = (): void => {
    isTapped = true;
  };
  addEventListener("click", tap, true);
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = async function (): Promise<void> {
    if (!this.muted && !isTapped) throw new DOMException("No tap yet.", "NotAllowedError");
    await play.call(this);
  };

  window.AudioContext = class extends AudioContext {
    constructor() {
      super();
      strange.contexts.push(this);
    }
  };

  const wakeLock = {
    async request() {
      strange.locks += 1;
      return {
        async release() {
          strange.locks -= 1;
        },
      };
    },
  };
  Object.defineProperty(navigator, "wakeLock", { value: wakeLock });
}
