import type { DeviceKind } from "@tincan/client/devices";
import micIcon from "lucide-static/icons/mic.svg?raw";
import micOffIcon from "lucide-static/icons/mic-off.svg?raw";
import videoIcon from "lucide-static/icons/video.svg?raw";
import videoOffIcon from "lucide-static/icons/video-off.svg?raw";
import type { JSX } from "solid-js";
import { t } from "../i18n/translate.ts";
import type { LocalDevice } from "../media/local-media.ts";
import { Icon } from "./icon.tsx";

/** The round button that mutes a microphone or turns a camera off, and back. */
export function DeviceToggle(props: {
  readonly kind: DeviceKind;
  readonly device: LocalDevice;
}): JSX.Element {
  const label = (): string => {
    const device = props.kind === "audio" ? "microphone" : "camera";
    return t(props.device.on() ? `mute.${device}` : `unmute.${device}`);
  };
  const icon = (): string => {
    if (props.kind === "audio") return props.device.on() ? micIcon : micOffIcon;
    return props.device.on() ? videoIcon : videoOffIcon;
  };
  return (
    <button
      type="button"
      class="button-round"
      classList={{ "is-off": !props.device.on() }}
      aria-label={label()}
      title={label()}
      onClick={() => void props.device.toggle()}
    >
      <Icon svg={icon()} />
    </button>
  );
}
