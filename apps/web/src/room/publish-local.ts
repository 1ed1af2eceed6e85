import type { Call } from "@tincan/client";
import { DevicePublisher } from "@tincan/client/devices";
import { createEffect } from "solid-js";
import type { LocalMedia } from "../media/local-media.ts";

/** Keeps what the call publishes the same as one's own devices; ends with the component that calls it. */
export function publishLocal(call: Call, media: LocalMedia): void {
  const publisher = new DevicePublisher(call);
  createEffect(() => {
    publisher.update({
      audio: { on: media.audio.on(), track: media.audio.track() },
      video: { on: media.video.on(), track: media.video.track() },
    });
  });
}
