import alertIcon from "lucide-static/icons/triangle-alert.svg?raw";
import closeIcon from "lucide-static/icons/x.svg?raw";
import { For, type JSX, Show } from "solid-js";
import { t } from "../i18n/translate.ts";
import { faultTexts } from "../media/fault-text.ts";
import type { LocalMedia } from "../media/local-media.ts";
import { platformOf } from "../media/platform.ts";
import { DoctorLink } from "./doctor-link.tsx";
import { Icon } from "./icon.tsx";

const platform = platformOf(navigator.userAgent, navigator.maxTouchPoints);

/** What is wrong with one's devices, and what helps. */
export function FaultNotices(props: { readonly media: LocalMedia }): JSX.Element {
  const texts = (): ReturnType<typeof faultTexts> =>
    faultTexts({ audio: props.media.audio.fault(), video: props.media.video.fault() }, platform);
  return (
    <div class="notices" role="status">
      <For each={texts()}>
        {(text) => (
          <div class="notice">
            <Icon svg={alertIcon} />
            <p>
              {t(text.key, { device: t(text.device), cure: t(text.cure) })}
              {/* What ran before goes on where only a wish could not be granted. */}
              <Show when={text.kinds.every((kind) => props.media[kind].track() === undefined)}>
                {" "}
                {t("fault.goes-on")}
              </Show>{" "}
              <DoctorLink beside>{t("doctor.why")}</DoctorLink>
            </p>
            <button
              type="button"
              class="button-quiet button-icon"
              aria-label={t("fault.dismiss")}
              onClick={() => {
                for (const kind of text.kinds) props.media[kind].forgetFault();
              }}
            >
              <Icon svg={closeIcon} />
            </button>
          </div>
        )}
      </For>
    </div>
  );
}
