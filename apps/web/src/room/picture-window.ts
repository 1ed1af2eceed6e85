import { type Accessor, createSignal, onCleanup } from "solid-js";

/** The call in a small window that stays above all others. */
export interface PictureWindow {
  readonly offered: boolean;
  readonly on: Accessor<boolean>;
  /** Opens it, inside of a click, or closes it. */
  toggle(): Promise<void>;
}

/**
 * Picture in picture: a window of the page's own where the browser has that (`draw` fills it and
 * answers with what ends that), else only the picture of the video that `pick` chooses. Ends with
 * the component that calls it.
 */
export function createPictureWindow(
  draw: (into: Window) => () => void,
  pick: () => HTMLVideoElement | undefined,
): PictureWindow {
  const [on, setOn] = createSignal(false);
  const windows = (globalThis as Partial<DocumentPictureInPicture>).documentPictureInPicture;
  let close: (() => void) | undefined;

  const openWindow = async (from: DocumentWindows): Promise<void> => {
    const opened = await from.requestWindow({ width: 400, height: 300 });
    copyStyles(opened.document);
    const end = draw(opened);
    setOn(true);
    close = () => opened.close();
    opened.addEventListener("pagehide", () => {
      end();
      close = undefined;
      setOn(false);
    });
  };
  const openVideo = async (): Promise<void> => {
    const video = pick();
    if (video === undefined) return;
    await video.requestPictureInPicture();
    setOn(true);
    close = () => void document.exitPictureInPicture().catch(() => {});
    const left = (): void => {
      close = undefined;
      setOn(false);
    };
    video.addEventListener("leavepictureinpicture", left, { once: true });
  };

  onCleanup(() => close?.());
  return {
    offered: windows !== undefined || document.pictureInPictureEnabled === true,
    on,
    async toggle() {
      if (close !== undefined) {
        close();
        return;
      }
      try {
        await (windows === undefined ? openVideo() : openWindow(windows));
      } catch {
        // The browser says no: without a click, or by its settings. The call goes on where it is.
      }
    },
  };
}

/** The page's own style sheets: the policy allows no others, and nothing has to be loaded again. */
function copyStyles(into: Document): void {
  for (const sheet of document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")) {
    const link = into.createElement("link");
    link.rel = "stylesheet";
    link.href = sheet.href;
    into.head.append(link);
  }
  into.documentElement.lang = document.documentElement.lang;
  into.title = document.title;
}

interface DocumentWindows {
  requestWindow(size: { readonly width: number; readonly height: number }): Promise<Window>;
}

/** Of Chromium; lib.dom does not know it. */
interface DocumentPictureInPicture {
  documentPictureInPicture: DocumentWindows;
}
