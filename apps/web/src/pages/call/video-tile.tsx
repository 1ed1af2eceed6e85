import micOffIcon from "lucide-static/icons/mic-off.svg?raw";
import { createEffect, createSignal, type JSX, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Icon } from "../../parts/icon.tsx";
import { initialOf, type Participant, type Tile } from "../../room/participants.ts";
import type { Playback } from "../../room/playback.ts";
import { pictureFit, type Size } from "../../room/tile-layout.ts";

/** Somebody else's picture, with name and what is off. */
export function VideoTile(props: {
  readonly participant: Participant;
  readonly tile: Tile;
  readonly box: Size;
  readonly playback: Playback;
  readonly onAspect: (aspect: number | undefined) => void;
}): JSX.Element {
  let video!: HTMLVideoElement;
  const [aspect, setAspect] = createSignal<number>();
  const name = (): string => props.participant.name || t("call.guest");
  const seen = (): boolean => props.tile.video === "on" && aspect() !== undefined;
  const fit = (): "cover" | "contain" =>
    pictureFit(aspect() ?? 1, props.box.width / props.box.height || 1);

  createEffect(() => {
    video.srcObject = props.tile.stream ?? null;
    if (props.tile.stream !== undefined) props.playback.play(video);
  });
  createEffect(() => props.onAspect(seen() ? aspect() : undefined));
  const measure = (): void => {
    setAspect(video.videoHeight > 0 ? video.videoWidth / video.videoHeight : undefined);
  };

  return (
    <article
      class="tile"
      data-peer={props.participant.id}
      aria-label={t("call.tile", { name: name() })}
    >
      {/* biome-ignore lint/a11y/useMediaCaption: live speech has no captions file */}
      <video
        ref={video}
        playsinline
        classList={{ "is-unseen": !seen() }}
        data-fit={fit()}
        onLoadedMetadata={measure}
        onResize={measure}
      />
      <Show when={!seen()}>
        <div class="tile-vacant">
          <span class="initial" aria-hidden="true">
            {initialOf(name())}
          </span>
          <Show when={props.tile.video === "off"}>
            <span class="visually-hidden">{t("call.camera-off", { name: name() })}</span>
          </Show>
        </div>
      </Show>
      <div class="tile-label">
        <Show when={props.tile.audio !== "on"}>
          <span class="tile-muted" role="img" aria-label={t("call.muted", { name: name() })}>
            <Icon svg={micOffIcon} />
          </span>
        </Show>
        <span class="tile-name">{name()}</span>
      </div>
    </article>
  );
}
