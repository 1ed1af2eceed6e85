import { createEffect, type JSX } from "solid-js";

/** One's own camera as in a mirror, and always silent. */
export function OwnPicture(props: {
  readonly track: MediaStreamTrack | undefined;
  readonly label: string;
}): JSX.Element {
  let video!: HTMLVideoElement;
  createEffect(() => {
    video.muted = true;
    video.srcObject = props.track === undefined ? null : new MediaStream([props.track]);
  });
  // biome-ignore lint/a11y/useMediaCaption: a live picture without sound
  return <video ref={video} class="own-picture" autoplay playsinline aria-label={props.label} />;
}
