import micOffIcon from "lucide-static/icons/mic-off.svg?raw";
import { createSignal, type JSX, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { createElementSize } from "../../parts/element-size.ts";
import { Icon } from "../../parts/icon.tsx";
import { OwnPicture } from "../../parts/own-picture.tsx";
import { type Corner, cornerByKey, nearestCorner } from "../../room/corner.ts";
import { initialOf } from "../../room/participants.ts";
import type { RoomSession } from "../../room/room-session.ts";
import type { Size } from "../../room/tile-layout.ts";

const MARGIN = 12;

/** One's own picture: rests in a corner; drag it, or move it with the arrow keys. */
export function SelfView(props: {
  readonly session: RoomSession;
  readonly stage: Size;
}): JSX.Element {
  const { size, observe } = createElementSize();
  const [corner, setCorner] = createSignal<Corner>("bottom-right");
  const [dragged, setDragged] = createSignal<{ readonly x: number; readonly y: number }>();
  const media = props.session.media;

  const rest = (): { x: number; y: number } => ({
    x: corner().endsWith("left") ? MARGIN : props.stage.width - size().width - MARGIN,
    y: corner().startsWith("top") ? MARGIN : props.stage.height - size().height - MARGIN,
  });
  const place = (): { x: number; y: number } => dragged() ?? rest();

  let grip: { readonly x: number; readonly y: number } | undefined;
  const grab = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const { x, y } = place();
    grip = { x: event.clientX - x, y: event.clientY - y };
  };
  const drag = (event: PointerEvent): void => {
    if (grip !== undefined) setDragged({ x: event.clientX - grip.x, y: event.clientY - grip.y });
  };
  const drop = (): void => {
    grip = undefined;
    const at = dragged();
    if (at === undefined) return;
    setCorner(nearestCorner(at.x + size().width / 2, at.y + size().height / 2, props.stage));
    setDragged(undefined);
  };
  const move = (event: KeyboardEvent): void => {
    const next = cornerByKey(corner(), event.key);
    if (next === undefined) return;
    event.preventDefault();
    setCorner(next);
  };

  return (
    <button
      ref={observe}
      type="button"
      class="self"
      classList={{ "is-dragged": dragged() !== undefined }}
      data-corner={corner()}
      aria-label={t("call.self")}
      style={{ "--x": `${place().x}px`, "--y": `${place().y}px` }}
      onPointerDown={grab}
      onPointerMove={drag}
      onPointerUp={drop}
      onPointerCancel={drop}
      onKeyDown={move}
    >
      <Show
        when={media.video.track()}
        fallback={
          <span class="initial" aria-hidden="true">
            {initialOf(props.session.name() || t("call.you"))}
          </span>
        }
      >
        {(track) => <OwnPicture track={track()} label={t("call.you")} />}
      </Show>
      <span class="tile-label">
        <Show when={!media.audio.on()}>
          <span class="tile-muted" role="img" aria-label={t("call.muted.you")}>
            <Icon svg={micOffIcon} />
          </span>
        </Show>
        <span class="tile-name">{t("call.you")}</span>
      </span>
    </button>
  );
}
