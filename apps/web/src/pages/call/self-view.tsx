import { createSignal, type JSX } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { createElementSize } from "../../parts/element-size.ts";
import type { CallDesk } from "../../room/call-desk.ts";
import { type Corner, cornerByKey, nearestCorner } from "../../room/corner.ts";
import type { Size } from "../../room/tile-layout.ts";
import { SelfPicture } from "./self-tile.tsx";

const MARGIN = 12;

/** One's own picture: rests in a corner; drag it, or move it with the arrow keys. */
export function SelfView(props: { readonly desk: CallDesk; readonly stage: Size }): JSX.Element {
  const { size, observe } = createElementSize();
  const [corner, setCorner] = createSignal<Corner>("bottom-right");
  const [dragged, setDragged] = createSignal<{ readonly x: number; readonly y: number }>();
  const { call, voices } = props.desk;

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
    <div
      ref={observe}
      class="self"
      classList={{
        "is-dragged": dragged() !== undefined,
        "is-speaking": voices.speaks(call.self.id),
      }}
      style={{ "--x": `${place().x}px`, "--y": `${place().y}px` }}
    >
      <SelfPicture desk={props.desk} />
      <button
        type="button"
        class="self-grip"
        data-corner={corner()}
        aria-label={t("call.self")}
        onPointerDown={grab}
        onPointerMove={drag}
        onPointerUp={drop}
        onPointerCancel={drop}
        onKeyDown={move}
      />
    </div>
  );
}
