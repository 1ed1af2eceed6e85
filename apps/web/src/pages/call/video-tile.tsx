import type { Quality } from "@tincan/client/stats";
import micOffIcon from "lucide-static/icons/mic-off.svg?raw";
import screenIcon from "lucide-static/icons/monitor-up.svg?raw";
import pinIcon from "lucide-static/icons/pin.svg?raw";
import pinOffIcon from "lucide-static/icons/pin-off.svg?raw";
import { createEffect, createSignal, type JSX, onCleanup, onMount, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Icon } from "../../parts/icon.tsx";
import { QualityBars } from "../../parts/quality-bars.tsx";
import type { Box } from "../../room/arrange-tiles.ts";
import type { CallDesk } from "../../room/call-desk.ts";
import { initialOf, type Participant, type Tile } from "../../room/participants.ts";
import { pictureFit } from "../../room/tile-layout.ts";
import { PeerMarks } from "./peer-marks.tsx";
import { Reactions } from "./reactions.tsx";

/** From this quality down a picture says so. */
const POOR = 2;

/** Somebody else's picture, with name, what is off, and how it gets through. */
export function VideoTile(props: {
  readonly desk: CallDesk;
  readonly participant: Participant;
  readonly tile: Tile;
  readonly box: Box;
  /** Shown large, with the others beside it. */
  readonly featured: boolean;
  /** One of those beside a large one. */
  readonly small: boolean;
  readonly pinnable: boolean;
  readonly onAspect: (aspect: number | undefined) => void;
}): JSX.Element {
  let video!: HTMLVideoElement;
  const { playback, view, voices, session, quality } = props.desk;
  const [aspect, setAspect] = createSignal<number>();
  const isScreen = (): boolean => props.tile.source === "screen";
  const name = (): string => props.participant.name || t("call.guest");
  const label = (): string => (isScreen() ? t("call.screen-of", { name: name() }) : name());
  const seen = (): boolean => props.tile.video === "on" && aspect() !== undefined;
  // Nobody can read what is cropped away from a screen.
  const fit = (): "cover" | "contain" => {
    if (isScreen()) return "contain";
    if (props.small) return "cover";
    return pictureFit(aspect() ?? 1, props.box.width / props.box.height || 1);
  };
  const speaks = (): boolean => !isScreen() && voices.speaks(props.participant.id);
  const poor = (): Quality | undefined => {
    const found = quality.of(props.participant.id)?.quality;
    return found !== undefined && found.level <= POOR && !isScreen() ? found : undefined;
  };
  const pinned = (): boolean => view.pinned() === props.tile.id;
  const pinLabel = (): string => t(pinned() ? "view.unpin" : "view.pin", { name: label() });

  createEffect(() => {
    video.srcObject = props.tile.stream ?? null;
    if (props.tile.stream !== undefined) playback.play(video);
  });
  onMount(() => onCleanup(session.media.devices.speaker.play(video)));
  createEffect(() => props.onAspect(seen() ? aspect() : undefined));
  const measure = (): void => {
    setAspect(video.videoHeight > 0 ? video.videoWidth / video.videoHeight : undefined);
  };

  return (
    <article
      class="tile"
      classList={{ "is-speaking": speaks(), "is-featured": props.featured }}
      data-peer={props.participant.id}
      data-source={props.tile.source}
      aria-label={isScreen() ? label() : t("call.tile", { name: name() })}
      style={{
        "--x": `${props.box.x}px`,
        "--y": `${props.box.y}px`,
        "--width": `${props.box.width}px`,
        "--height": `${props.box.height}px`,
      }}
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
      <Show when={!isScreen()}>
        <PeerMarks desk={props.desk} participant={props.participant} />
        <Reactions desk={props.desk} from={props.participant.id} />
      </Show>
      <Show when={props.pinnable}>
        <button
          type="button"
          class="tile-pin"
          aria-pressed={pinned()}
          aria-label={pinLabel()}
          title={pinLabel()}
          onClick={() => view.pin(props.tile.id)}
        >
          <Icon svg={pinned() ? pinOffIcon : pinIcon} />
        </button>
      </Show>
      <div class="tile-label">
        <Show when={isScreen()}>
          <Icon svg={screenIcon} />
        </Show>
        <Show when={!isScreen() && props.tile.audio !== "on"}>
          <span class="tile-muted" role="img" aria-label={t("call.muted", { name: name() })}>
            <Icon svg={micOffIcon} />
          </span>
        </Show>
        <span class="tile-name">{label()}</span>
        <Show when={poor()}>{(found) => <QualityBars quality={found()} />}</Show>
      </div>
    </article>
  );
}
